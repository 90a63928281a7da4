import { action } from '@mlops-actions/action'
import { approve } from './approve.ts'
import { archive } from './archive.ts'
import { requireAttestable } from './attest.ts'
import { doctor } from './doctor.ts'
import { download } from './download.ts'
import { inputs, outputs } from './inputs.ts'
import { permissions } from './permissions.ts'
import { promote } from './promote.ts'
import { register } from './register.ts'
import { rollback } from './rollback.ts'
import { show } from './show.ts'

export const main = action({
  name: 'register-promote',
  description:
    'Registers a model as a version, promotes it to a stage, rolls a stage back, asks for and takes approvals, archives, shows or downloads a version, and examines the registry.',
  kind: 'registry',
  permissions,
  inputs,
  outputs,
  async run(a) {
    requireAttestable(a)
    switch (a.inputs.operation) {
      case 'register':
        return register(a)
      case 'promote':
        return promote(a)
      case 'rollback':
        return rollback(a)
      case 'approve':
        return approve(a)
      case 'show':
        return show(a)
      case 'archive':
        return archive(a)
      case 'download':
        return download(a)
      case 'doctor':
        return doctor(a)
    }
  },
})
