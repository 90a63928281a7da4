import type { GitHub, Issue } from '@mlops-actions/github'
import {
  approvedBy,
  type Expect,
  eventKinds,
  fenceCheck,
  type Judgement,
  type Move,
  type Moved,
  move,
  type StageLog,
  type Version,
  waitsForApproval,
  writeWitness,
} from '@mlops-actions/registry'
import { rulesDigest } from '@mlops-actions/settings'
import { asWarning, type Check, check, verdict } from '@mlops-actions/verdict'
import { announce, webhookOf } from './announce.ts'
import { askForApproval } from './ask.ts'
import type { Testimony } from './evidence.ts'
import { holderSlot, holderText } from './holder.ts'
import { type RegistryContext, results } from './inputs.ts'
import { timelineOf, whoText } from './timeline.ts'
import type { Wanted } from './wanted.ts'

export interface StageChange {
  do: Move['do']
  model: string
  stage: string
  version: string | null
  expect: Expect | null
  who: string | null
  why: string | null
  request: string | null
  overrideFreeze: boolean
  consent: Wanted['consent']
  policy: unknown
  /** Whether the repository's workflows are told. */
  dispatch: boolean
  /** Verdicts that were brought besides those registered with the version. */
  brought: Testimony[]
  judge(version: Version, log: StageLog): Promise<Judgement>
}

const titles = { promote: 'Promotion of', rollback: 'Rollback of', archive: 'Archiving of' }

/** Writes a change into the log of its stage, records who holds it as a deployment, and reports what came of it. */
export async function changeStage(a: RegistryContext, github: GitHub, change: StageChange) {
  const { model, stage } = change
  const webhook = webhookOf(a)
  const request = {
    ...change,
    who: change.who ?? 'unknown',
    runUrl: a.environment.runUrl ?? null,
    dryRun: a.inputs['dry-run'],
  }
  const title = `${titles[change.do]} ${model}`
  const done = await a.log.group(`${title} (${stage})`, () => move(github, request))
  const { outcome, log, version } = done
  const changed = outcome.kind === 'moved'
  const found = 'version' in outcome ? log.versions.find((v) => v.version === outcome.version) : undefined
  const release = version !== null && version.release !== 'absent' ? version.release : undefined
  if (change.do !== 'archive' && (outcome.kind === 'moved' || outcome.kind === 'held'))
    await a.attempt('record the deployment', () =>
      writeWitness(github, {
        model,
        stage,
        slot: outcome.slot,
        object: outcome.object,
        version: outcome.version,
        tag: found!.tag,
        releaseUrl: release?.url ?? null,
        runUrl: request.runUrl,
      }),
    )
  if (change.do !== 'archive' && outcome.kind === 'moved') {
    const { slot, version: moved, previous } = outcome
    await announce(a, github, {
      occasion: change.do === 'promote' ? 'model-promoted' : 'model-rolled-back',
      about: {
        model,
        stage,
        version: moved,
        tag: found!.tag,
        slot,
        previous_version: previous,
        release_url: release?.url ?? null,
        run_url: request.runUrl,
        who: request.who,
        why: request.why,
      },
      dispatch: change.dispatch,
      webhook,
    })
  }
  const holder = holderSlot(log, stage)
  const target = 'version' in outcome ? outcome.version : (version?.version ?? change.version)
  const waits = outcome.kind === 'refused' && version !== null && waitsForApproval(outcome.checks)
  const asked =
    waits && change.do !== 'archive' && change.consent === null && !request.dryRun
      ? await askForApproval(a, github, {
          ...change,
          do: change.do,
          version: version.version,
          checks: outcome.checks,
          log,
        })
      : undefined
  const fence = outcome.kind === 'refused' ? undefined : fenceCheck(request, log.view(stage))
  const checks = [
    ...(waits ? outcome.checks.map((c) => waiting(c, asked)) : outcome.checks),
    ...(outcome.kind === 'moved' || outcome.kind === 'would-move' ? (fence === undefined ? [] : [fence]) : []),
    ...(outcome.kind === 'held' ? log.checks(stage) : []),
    ...ending(change, done),
  ]
  const timeline = timelineOf(log, stage)
  if (outcome.kind === 'moved') {
    const { slot, version: moved } = outcome
    const kind = eventKinds[change.do]
    timeline.entries.push({
      slot,
      version: moved,
      kind,
      who: whoText(request.who, approvedBy(outcome.checks)),
      why: request.why,
      date: a.now.toISOString(),
    })
  }
  const sha256 = version?.manifest.files[0]?.sha256 ?? null
  const subject = { name: model, stage, version: target, model: sha256, rules: rulesDigest(change.policy) }
  const result = verdict(
    'registry',
    subject,
    checks,
    a.context({ operation: change.do, outcome: waits ? 'waiting' : outcome.kind }),
  )
  const slot = outcome.kind === 'moved' || outcome.kind === 'held' ? outcome.slot : holder
  return a.finish(
    result,
    results({
      version: target ?? '',
      tag: found?.tag ?? '',
      'release-id': release?.id ?? '',
      'release-url': release?.url ?? '',
      stage,
      slot: String(slot),
      'previous-version': outcome.kind === 'refused' ? '' : (outcome.previous ?? 'none'),
      promoted: changed,
    }),
    {
      title,
      model,
      facts: [
        { label: 'Stage', value: stage },
        {
          label: change.do === 'archive' ? 'Archived' : 'Holder',
          value:
            changed || outcome.kind === 'held' ? `${outcome.version} (slot ${outcome.slot})` : holderText(log, stage),
        },
      ],
      timelines: [timeline],
      links: [
        ...(release === undefined ? [] : [{ label: 'Release', url: release.url }]),
        ...(asked === undefined ? [] : [{ label: `Issue #${asked.number}`, url: asked.url }]),
      ],
    },
  )
}

/** A holder that is no version, or no sound tag, is mended by a change of the stage: for that it is warned of, and no obstacle. */
export function replaceable(checks: Check[]): Check[] {
  return checks.map((one) => (/^registry\.holder-(version|tag)$/.test(one.id) ? asWarning(one) : one))
}

/** An approval that may still come fails nothing. */
function waiting(of: Check, asked: Issue | undefined): Check {
  if (of.id !== 'policy.approved') return of
  const { detail: _, ...plain } = asWarning(of)
  if (asked === undefined) return asWarning(of)
  return { ...plain, observed: `asked for in #${asked.number}`, expected: 'an approval there, by somebody else' }
}

/** The last check: what the stage came to, where nothing refused it. */
function ending({ do: what, model, stage, expect }: StageChange, { outcome }: Moved): Check[] {
  if (outcome.kind === 'refused') return []
  const { version, slot, previous } = outcome
  const before = previous === null ? 'nobody held it before' : `${previous} held it before`
  const archived = {
    moved: `${version} is archived (slot ${slot})`,
    held: `${version} was archived already (slot ${slot}); nothing was written`,
    'would-move': `${version} would be archived; this was a dry run`,
  }
  const held = {
    moved: `${version} holds it since slot ${slot}; ${before}`,
    held: `${version} held it already (slot ${slot}); nothing was written`,
    'would-move': `${version} would take slot ${slot}; this was a dry run`,
  }
  const observed = (what === 'archive' ? archived : held)[outcome.kind]
  return [
    check(true, {
      id: 'registry.stage',
      title: `${model}#${stage}`,
      subject: `${model}#${stage}`,
      observed,
      expected: `${version} in ${stage}`,
      evidence: { slot, version, previous, outcome: outcome.kind, expect },
    }),
  ]
}
