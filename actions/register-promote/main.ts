import { action } from '@mlops-actions/action'
import { UserError } from '@mlops-actions/verdict'
import { download } from './download.ts'
import { inputs, type Operation, outputs } from './inputs.ts'
import { promote } from './promote.ts'
import { register } from './register.ts'
import { rollback } from './rollback.ts'
import { show } from './show.ts'

export const main = action({
  name: 'register-promote',
  description:
    'Registers a model as a version, promotes it to a stage, rolls a stage back, shows or downloads a version.',
  kind: 'registry',
  inputs,
  outputs,
  async run(a) {
    switch (a.inputs.operation) {
      case 'register':
        return register(a)
      case 'promote':
        return promote(a)
      case 'rollback':
        return rollback(a)
      case 'show':
        return show(a)
      case 'download':
        return download(a)
      default:
        throw notSupported(a.inputs.operation)
    }
  },
})

function notSupported(operation: Operation): UserError {
  return new UserError({
    code: 'NOT_SUPPORTED',
    message: `The operation "${operation}" is not supported by this version.`,
    where: { key: 'operation' },
    help:
      operation === 'doctor'
        ? 'The operation "show" checks the log of one stage: its chain, its deployments and the files of its holder.'
        : 'A version leaves a stage when another one is promoted to it.',
  })
}
