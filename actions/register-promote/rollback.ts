import { archivedCheck, judgeRollback, versionChecks, witnessCheck } from '@mlops-actions/registry'
import { readDefaultBranch } from '@mlops-actions/settings'
import { givenFence } from './fence.ts'
import type { RegistryContext } from './inputs.ts'
import { changedStage, modelOf, namedVersion } from './named.ts'
import { peopleOf } from './people.ts'
import { changeStage, replaceable } from './stage-change.ts'

/** Gives a stage back to the version before (or to one named that held it), after its files have been checked. */
export async function rollback(a: RegistryContext) {
  const model = modelOf(a)
  const stage = changedStage(a)
  const github = await a.github()
  const policy = (await readDefaultBranch(a.settings, github)).values.promotion?.[stage] ?? {}
  return changeStage(a, github, {
    do: 'rollback',
    dispatch: policy.dispatch === true,
    model,
    stage,
    version: (await namedVersion(a, github, model)) ?? null,
    expect: givenFence(a),
    policy: { policy },
    judge: async (target, log) => ({
      checks: [
        ...(await versionChecks(github, target)),
        ...replaceable(log.checks(stage)),
        ...archivedCheck(log, target.version),
        await witnessCheck(github, log, stage),
        ...judgeRollback({ subject: target.tag, stage, policy, people: await peopleOf(a, github, policy, target.run) }),
      ],
      evidence: [],
    }),
  })
}
