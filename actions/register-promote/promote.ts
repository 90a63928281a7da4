import {
  archivedCheck,
  boundTo,
  judgePromotion,
  openVersion,
  readLog,
  type StageLog,
  versionChecks,
  witnessCheck,
} from '@mlops-actions/registry'
import { readDefaultBranch } from '@mlops-actions/settings'
import { UserError } from '@mlops-actions/verdict'
import { evidenceOn } from './evidence.ts'
import { comparedFence, givenFence } from './fence.ts'
import type { RegistryContext } from './inputs.ts'
import { changedStage, modelOf, namedVersion, registeredHere } from './named.ts'
import { peopleOf } from './people.ts'
import { changeStage, replaceable } from './stage-change.ts'

/** Promotes a version, if the policy of the default branch and the log of the stage allow it. */
export async function promote(a: RegistryContext) {
  const model = modelOf(a)
  const stage = changedStage(a)
  const github = await a.github()
  const version = (await namedVersion(a, github, model)) ?? (await registeredHere(a, model))
  if (version === undefined) throw noVersion()

  const { values } = await readDefaultBranch(a.settings, github)
  const policy = values.promotion?.[stage] ?? {}
  const rules = values.gate ?? {}
  const comparison = values.comparison ?? {}
  const opened = await openVersion(github, await readLog(github, model), version)
  const bytes = await versionChecks(github, opened)
  const evidence = bytes.some((c) => c.status === 'failed')
    ? { verdicts: [], digests: [] }
    : await evidenceOn(a, github, opened)
  const people = await peopleOf(a, github, policy, opened.run)

  return changeStage(a, github, {
    do: 'promote',
    model,
    stage,
    version,
    expect: givenFence(a) ?? comparedFence(evidence.verdicts, opened, stage),
    policy: { policy, rules, comparison },
    dispatch: policy.dispatch === true,
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
          holder: holderOf(log, stage),
          bound: boundTo(target.manifest),
          policy,
          rules,
          comparison,
          evidence: evidence.verdicts,
          fromSlots: log.slots(policy.from ?? 'staging'),
          version,
          people,
          now: a.now,
          overrideFreeze: overrideOf(a),
        }),
      ],
      evidence: evidence.digests,
    }),
  })
}

/** Why a freeze is overridden: nobody overrides one without a reason. */
function overrideOf(a: RegistryContext): string | null {
  if (!a.inputs['override-freeze']) return null
  if (a.inputs.reason !== undefined) return a.inputs.reason
  throw new UserError({
    code: 'INPUT_REQUIRED',
    message: 'A freeze is not overridden without a reason.',
    where: { key: 'reason' },
    help: 'Say in "reason" why this promotion cannot wait; it is kept in the log of the stage.',
  })
}

function holderOf(log: StageLog, stage: string): number | 'none' {
  const holder = log.holder(stage)
  return holder === 'none' ? 'none' : holder.n
}

function noVersion(): UserError {
  return new UserError({
    code: 'VERSION_UNNAMED',
    message: 'There is no version to promote: none was named, and this job registered none.',
    where: { key: 'version' },
    help: 'Give "version", for example v1.4.0 or churn#staging.',
  })
}
