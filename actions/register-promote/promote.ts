import type { GitHub } from '@mlops-actions/github'
import {
  archivedCheck,
  boundTo,
  judgePromotion,
  openVersion,
  readLog,
  versionChecks,
  witnessCheck,
} from '@mlops-actions/registry'
import { readDefaultBranch } from '@mlops-actions/settings'
import { UserError } from '@mlops-actions/verdict'
import { evidenceOn } from './evidence.ts'
import { comparedFence } from './fence.ts'
import { holderSlot } from './holder.ts'
import type { RegistryContext } from './inputs.ts'
import { peopleOf } from './people.ts'
import { changeStage, replaceable } from './stage-change.ts'
import { type Wanted, wantedOf } from './wanted.ts'

/** Promotes a version, if the policy of the default branch and the log of the stage allow it. */
export async function promote(a: RegistryContext) {
  const github = await a.github()
  return promotion(a, github, await wantedOf(a, github, 'promote'))
}

/** Carries a promotion out, whoever asked for it and where. */
export async function promotion(a: RegistryContext, github: GitHub, wanted: Wanted) {
  const { model, stage } = wanted
  const version = wanted.version!
  const { values } = await readDefaultBranch(a.settings, github)
  const policy = values.promotion?.[stage] ?? {}
  const rules = values.gate ?? {}
  const comparison = values.comparison ?? {}
  const opened = await openVersion(github, await readLog(github, model), version)
  const bytes = await versionChecks(github, opened)
  const sound = bytes.every((c) => c.status !== 'failed')
  const brought = sound ? await wanted.evidence(opened) : []
  const evidence = sound ? await evidenceOn(github, opened, brought) : { verdicts: [], digests: [] }
  const people = await peopleOf(a, github, policy, wanted, opened.run)

  return changeStage(a, github, {
    ...wanted,
    expect: wanted.expect ?? comparedFence(evidence.verdicts, opened, stage),
    policy: { policy, rules, comparison },
    dispatch: policy.dispatch === true,
    brought,
    judge: async (target, log) => ({
      checks: [
        ...bytes,
        ...replaceable(log.checks(stage)),
        ...archivedCheck(log, version),
        await witnessCheck(github, log, stage),
        ...judgePromotion({
          subject: target.tag,
          model,
          stage,
          holder: holderSlot(log, stage),
          bound: boundTo(target.manifest),
          policy,
          rules,
          comparison,
          evidence: evidence.verdicts,
          fromSlots: log.slots(policy.from ?? 'staging'),
          version,
          people,
          now: a.now,
          overrideFreeze: overrideOf(wanted),
        }),
      ],
      evidence: evidence.digests,
    }),
  })
}

/** Why a freeze is overridden: nobody overrides one without a reason. */
function overrideOf({ overrideFreeze, why }: Wanted): string | null {
  if (!overrideFreeze) return null
  if (why !== null) return why
  throw new UserError({
    code: 'INPUT_REQUIRED',
    message: 'A freeze is not overridden without a reason.',
    where: { key: 'reason' },
    help: 'Say in "reason" why this promotion cannot wait; it is kept in the log of the stage.',
  })
}
