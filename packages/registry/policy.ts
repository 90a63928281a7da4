import { duration, milliseconds } from '@mlops-actions/document'
import {
  type ComparisonRules,
  comparisonLoosenings,
  comparisonRules,
  type GateRules,
  gateRules,
  loosenings,
} from '@mlops-actions/gate'
import { type Check, check, type JsonObject, type Verdict, worstStatus } from '@mlops-actions/verdict'
import * as z from 'zod'
import { approvalCheck, type Consent } from './approval.ts'
import { type Bound, judged, newest, standing } from './evidence.ts'
import { freezeCheck, freezeWindows } from './freeze.ts'
import type { Slot } from './slot.ts'

const kinds = ['validation', 'training', 'gate', 'comparison', 'drift'] as const

/** `promotion:` of mlops.yaml: per stage, what a promotion to it needs. */
export const promotionPolicy = z.record(
  z.string(),
  z.strictObject({
    from: z.string().optional().describe('The stage that a version must hold or have held before.'),
    requires: z.array(z.enum(kinds)).optional().describe('Verdicts that must be attached and passed.'),
    four_eyes: z
      .boolean()
      .optional()
      .describe('The promoter must be someone other than who trained the model and who made its commit.'),
    approved: z
      .boolean()
      .optional()
      .describe(
        'Somebody other than who started it must approve: the run in the environment of the stage’s name or, where that has no reviewers, the change in an issue.',
      ),
    soak: duration.optional().describe('How long a version must have held `from` (default staging): 30m, 24h, 7d.'),
    freeze: freezeWindows.optional(),
    dispatch: z
      .boolean()
      .optional()
      .describe('Send a repository_dispatch event (model-promoted, model-rolled-back) that workflows can start on.'),
  }),
)

export type PromotionPolicy = z.output<typeof promotionPolicy>
export type StagePolicy = PromotionPolicy[string]

/** Everything that a promotion is judged by. */
export interface Promotion {
  subject: string
  model: string
  stage: string
  /** The slot that holds the stage now. */
  holder: number | 'none'
  bound: Bound
  policy: StagePolicy
  /** Gate and comparison rules of the default branch as they are today. */
  rules: GateRules
  comparison: ComparisonRules
  evidence: Verdict[]
  /** Slots of the stage that the version comes from. */
  fromSlots: Slot[]
  version: string
  people: People
  now: Date
  /** Why a freeze is overridden; null where it is not. */
  overrideFreeze: string | null
}

export interface People {
  /** null where it is not known. */
  promoter: string | null
  trainer: string | null
  /** Who made the code commit; null where GitHub does not know. */
  committers: string[] | null
  /** Who agreed; null where the policy does not ask. */
  consent: Consent | null
}

/** What every change of a stage is held to, a rollback too. */
type Governed = Pick<Promotion, 'subject' | 'stage' | 'policy' | 'people'>

/** Whether a version may be promoted. Pure: the same evidence, log and policy give the same checks. */
export function judgePromotion(of: Promotion): Check[] {
  const evidence = of.evidence.filter((v) => judged(v, of.bound) && comparedHere(v, of))
  return [
    ...foreign(of, of.evidence.length - evidence.length),
    ...verdicts(of, evidence),
    ...branchRules(of, evidence),
    ...strictness(of, evidence),
    ...origin(of),
    ...freeze(of),
    ...fourEyes(of),
    ...approval(of),
  ]
}

/** Approval applies to a rollback too; evidence, rules, origin and soak do not. */
export function judgeRollback(of: Governed): Check[] {
  return [...fourEyes(of), ...approval(of)]
}

/** A comparison with another model, or with the holder of another stage, says nothing of this promotion. */
function comparedHere({ kind, subject }: Verdict, { model, stage }: Promotion): boolean {
  if (kind !== 'comparison') return true
  const baseline = baselineOf(subject)
  return baseline.model === model && baseline.stage === stage
}

function baselineOf({ baseline }: Verdict['subject']): JsonObject {
  return typeof baseline === 'object' && baseline !== null && !Array.isArray(baseline) ? baseline : {}
}

/** The verdicts of a kind that count: of comparisons, those with the holder that the newest compared with. */
function counting(evidence: Verdict[], kind: Verdict['kind']): Verdict[] {
  const last = newest(evidence, kind)
  if (last === undefined) return []
  // Current data are others every time: the newest check of drift takes the place of all before.
  if (kind === 'drift') return [last]
  const slot = baselineOf(last.subject).slot
  return standing(
    evidence.filter((v) => kind !== 'comparison' || baselineOf(v.subject).slot === slot),
    kind,
  )
}

function foreign(of: Promotion, count: number): Check[] {
  if (count === 0) return []
  return [
    check(false, {
      id: 'policy.evidence',
      title: 'The evidence is about this model',
      subject: of.subject,
      observed: `${count} of ${of.evidence.length} verdicts judged another model, run or data set, or compared with another stage`,
      expected: `verdicts on the model ${of.bound.model.slice(0, 12)}… or its run`,
      severity: 'warned',
      detail: 'They do not count. A validation counts where train-track names the same data in its input "data".',
      evidence: { ignored: count },
    }),
  ]
}

function verdicts(of: Promotion, evidence: Verdict[]): Check[] {
  const required = of.policy.requires ?? []
  return kinds.flatMap((kind) => {
    const found = counting(evidence, kind)
    if (found.length === 0 && !required.includes(kind)) return []
    const status = found.length === 0 ? null : worstStatus(found.map((v) => v.status))
    const slot = kind === 'comparison' && status !== null ? baselineOf(found[0]!.subject).slot : of.holder
    const stale = required.includes(kind) && slot !== of.holder
    const failed = found.filter((v) => v.status === 'failed').length
    return [
      check(status !== null && status !== 'failed' && !stale, {
        id: `policy.requires.${kind}`,
        title: `The ${kind} verdict passed`,
        subject: of.subject,
        observed:
          status === null
            ? 'there is none for this model'
            : stale
              ? `it compared with slot ${String(slot)}, and slot ${of.holder} holds ${of.stage}`
              : found.length === 1
                ? status
                : `${found.length} on different data, ${failed === 0 ? status : `${failed} of them failed`}`,
        expected: 'passed or warned',
        ...(status === null
          ? {
              detail: `mlops.yaml requires it for ${of.stage}. Run the ${kind} step before registering, or name its file in "evidence".`,
            }
          : stale
            ? { detail: 'Compare with the holder of today, then promote.' }
            : {}),
        evidence: { kind, required: required.includes(kind), verdict: status },
      }),
    ]
  })
}

function branchRules(of: Promotion, evidence: Verdict[]): Check[] {
  const own = evidence.flatMap((v) => v.checks.filter((c) => c.evidence.rules_source === 'branch').map((c) => c.id))
  if (evidence.length === 0) return []
  return [
    check(own.length === 0, {
      id: 'policy.rules-source',
      title: 'The rules were the default branch’s',
      subject: of.subject,
      observed:
        own.length === 0 ? 'no rule came from a branch alone' : `only a branch had the rules of ${own.join(', ')}`,
      expected: 'rules of the base branch',
      ...(own.length === 0 ? {} : { detail: 'Merge the rules, then train and judge on the default branch.' }),
      evidence: { checks: own },
    }),
  ]
}

function strictness(of: Promotion, evidence: Verdict[]): Check[] {
  const gate = newest(evidence, 'gate')
  const used = gateRules.safeParse(gate?.context.rules ?? {})
  const compared = newest(evidence, 'comparison')
  const by = comparisonRules.safeParse(compared?.context.rules ?? {})
  const looser = [
    ...loosenings(used.success ? used.data : {}, of.rules),
    ...(compared === undefined ? [] : comparisonLoosenings(by.success ? by.data : {}, of.comparison)),
  ]
  if (Object.keys(of.rules).length === 0 && looser.length === 0) return []
  return [
    check(looser.length === 0, {
      id: 'policy.rules',
      title: 'The model was judged as strictly as mlops.yaml asks today',
      subject: of.subject,
      observed: looser.length === 0 ? 'every rule, as strict or stricter' : looser.join(' '),
      expected: `the rules of the default branch: ${[...Object.keys(of.rules), ...(compared ? Object.keys(of.comparison) : [])].join(', ')}`,
      ...(looser.length === 0
        ? {}
        : { detail: 'Judge this model again under today’s rules: with metrics-gate, or compare-with-production.' }),
      evidence: { looser },
    }),
  ]
}

function origin(of: Promotion): Check[] {
  const { policy, fromSlots, version } = of
  if (policy.from === undefined && policy.soak === undefined) return []
  const from = policy.from ?? 'staging'
  const at = fromSlots.findLastIndex((s) => s.version === version)
  const held = check(at !== -1, {
    id: 'policy.from',
    title: `${version} was in ${from}`,
    subject: of.subject,
    observed: at === -1 ? `it never held ${from}` : `slot ${fromSlots[at]!.n} of ${from}`,
    expected: `a version that held ${from}`,
    ...(at === -1 ? { detail: `Promote it to ${from} first.` } : {}),
    evidence: { from, slot: fromSlots[at]?.n ?? null },
  })
  if (policy.soak === undefined || at === -1) return [held]
  const since = Date.parse(fromSlots[at]!.date ?? '')
  const next = fromSlots[at + 1]
  const until = next === undefined ? +of.now : Date.parse(next.date ?? '')
  const wanted = milliseconds(policy.soak)
  const time = until - since
  const known = Number.isFinite(time)
  const soaked = check(known && time >= wanted, {
    id: 'policy.soak',
    title: `${version} was in ${from} for ${policy.soak}`,
    subject: of.subject,
    observed: known ? `${hours(time)} since ${new Date(since).toISOString()}` : 'the slot has no date',
    expected: `at least ${policy.soak}`,
    ...(known && time < wanted && next === undefined
      ? { detail: `Promote after ${new Date(since + wanted).toISOString()}.` }
      : {}),
    evidence: { from, seconds: known ? Math.floor(time / 1000) : null, needed_seconds: wanted / 1000 },
  })
  return [held, soaked]
}

function freeze({ subject, stage, policy, now, overrideFreeze: override }: Promotion): Check[] {
  if (policy.freeze === undefined) return []
  return [freezeCheck({ subject, stage, windows: policy.freeze, now, override })]
}

function approval({ subject, stage, policy, people }: Governed): Check[] {
  if (policy.approved !== true) return []
  const consent = people.consent ?? { reviews: null, reviewed: true, mayAsk: false, issue: null }
  return [approvalCheck({ subject, stage, promoter: people.promoter, consent })]
}

function fourEyes(of: Governed): Check[] {
  if (of.policy.four_eyes !== true) return []
  const { promoter, trainer, committers } = of.people
  const same = (login: string) => promoter !== null && login.toLowerCase() === promoter.toLowerCase()
  const roles = [
    ...(trainer !== null && same(trainer) ? ['trained it'] : []),
    ...((committers ?? []).some(same) ? ['made its commit'] : []),
  ]
  const nobody = promoter === null ? 'promotes' : trainer === null ? 'trained it' : undefined
  const unknown = nobody !== undefined || committers === null || committers.length === 0
  const detail =
    roles.length > 0
      ? 'Let somebody else start the promotion.'
      : nobody !== undefined
        ? 'Train and promote in workflows: GitHub says there who does it.'
        : unknown
          ? 'GitHub knows no account for the commit of this model; register a model trained from a commit that has one.'
          : undefined
  return [
    check(roles.length === 0 && !unknown, {
      id: 'policy.four-eyes',
      title: 'The promoter is somebody else',
      subject: of.subject,
      observed:
        roles.length > 0
          ? `${promoter} ${roles.join(' and ')}`
          : unknown
            ? `who ${nobody ?? 'made the commit'} is not known`
            : `${promoter}; trained by ${trainer}, committed by ${committers.join(', ')}`,
      expected: 'someone other than the trainer and the committer',
      ...(detail === undefined ? {} : { detail }),
      evidence: { promoter, trainer, committers: committers ?? null },
    }),
  ]
}

function hours(time: number): string {
  const h = time / 3_600_000
  return h < 1 ? `${Math.max(0, Math.floor(time / 60_000))} min` : `${Math.floor(h * 10) / 10} h`
}
