import type { GitHub } from '@mlops-actions/github'
import { archivedCheck, judgeRollback, versionChecks, witnessCheck } from '@mlops-actions/registry'
import { readDefaultBranch } from '@mlops-actions/settings'
import type { RegistryContext } from './inputs.ts'
import { peopleOf } from './people.ts'
import { changeStage, replaceable } from './stage-change.ts'
import { type Wanted, wantedOf } from './wanted.ts'

/** Gives a stage back to the version before (or to one named that held it), after its files have been checked. */
export async function rollback(a: RegistryContext) {
  const github = await a.github()
  return rollingBack(a, github, await wantedOf(a, github, 'rollback'))
}

/** Carries a rollback out, whoever asked for it and where. */
export async function rollingBack(a: RegistryContext, github: GitHub, wanted: Wanted) {
  const { stage } = wanted
  const policy = (await readDefaultBranch(a.settings, github)).values.promotion?.[stage] ?? {}
  return changeStage(a, github, {
    ...wanted,
    dispatch: policy.dispatch === true,
    policy: { policy },
    brought: [],
    judge: async (target, log) => ({
      checks: [
        ...(await versionChecks(github, target)),
        ...replaceable(log.checks(stage)),
        ...archivedCheck(log, target.version),
        await witnessCheck(github, log, stage),
        ...judgeRollback({
          subject: target.tag,
          stage,
          policy,
          people: await peopleOf(a, github, policy, wanted, target.run),
        }),
      ],
      evidence: [],
    }),
  })
}
