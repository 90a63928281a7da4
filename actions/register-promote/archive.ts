import { archivedStage, judgeArchive } from '@mlops-actions/registry'
import { UserError } from '@mlops-actions/verdict'
import type { RegistryContext } from './inputs.ts'
import { modelOf, namedVersion } from './named.ts'
import { changeStage } from './stage-change.ts'
import { requestOf } from './wanted.ts'

/** Enters a version that holds no stage among the archived ones: a rollback passes over it from then on. */
export async function archive(a: RegistryContext) {
  const model = modelOf(a)
  const github = await a.github()
  const version = await namedVersion(a, github, model)
  if (version === undefined) throw noVersion()
  return changeStage(a, github, {
    do: 'archive',
    model,
    stage: archivedStage,
    version,
    expect: null,
    who: a.environment.actor ?? null,
    why: a.inputs.reason ?? null,
    request: requestOf(a),
    overrideFreeze: false,
    consent: null,
    brought: [],
    policy: {},
    dispatch: false,
    judge: async (_, log) => ({ checks: judgeArchive(log, version), evidence: [] }),
  })
}

function noVersion(): UserError {
  return new UserError({
    code: 'VERSION_UNNAMED',
    message: 'No version is named that should be archived.',
    where: { key: 'version' },
    help: 'Give "version", for example v1.0.0.',
  })
}
