import type { GitHub } from '@mlops-actions/github'
import {
  type Expect,
  fenceCheck,
  type Judgement,
  type Moved,
  move,
  type StageLog,
  type Version,
  writeWitness,
} from '@mlops-actions/registry'
import { rulesDigest } from '@mlops-actions/settings'
import { asWarning, type Check, check, verdict } from '@mlops-actions/verdict'
import { type RegistryContext, results } from './inputs.ts'

export interface StageChange {
  do: 'promote' | 'rollback'
  model: string
  stage: string
  version: string | null
  expect: Expect | null
  policy: unknown
  judge(version: Version, log: StageLog): Promise<Judgement>
}

/** Writes a promotion or a rollback into the log of its stage, records it as a deployment, and reports what came of it. */
export async function changeStage(a: RegistryContext, github: GitHub, change: StageChange) {
  const { model, stage } = change
  const request = {
    ...change,
    request: requestOf(a),
    who: a.environment.actor ?? 'unknown',
    why: a.inputs.reason ?? null,
    runUrl: a.environment.runUrl ?? null,
    dryRun: a.inputs['dry-run'],
  }
  const done = await a.log.group(`${change.do === 'promote' ? 'Promote to' : 'Roll back'} ${model}#${stage}`, () =>
    move(github, request),
  )
  const { outcome, log, version } = done
  const changed = outcome.kind === 'moved'
  const found = 'version' in outcome ? log.versions.find((v) => v.version === outcome.version) : undefined
  const release = version !== null && version.release !== 'absent' ? version.release : undefined
  if (outcome.kind === 'moved' || outcome.kind === 'held')
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
  const holder = log.holder(stage)
  const fence = outcome.kind === 'refused' ? undefined : fenceCheck(request, log.view(stage))
  const checks = [
    ...outcome.checks,
    ...(outcome.kind === 'moved' || outcome.kind === 'would-move' ? (fence === undefined ? [] : [fence]) : []),
    ...(outcome.kind === 'held' ? log.checks(stage) : []),
    ...ending(change, done),
  ]
  const target = 'version' in outcome ? outcome.version : change.version
  const sha256 = version?.manifest.files[0]?.sha256 ?? null
  const subject = { name: model, stage, version: target, model: sha256, rules: rulesDigest(change.policy) }
  const result = verdict('registry', subject, checks, a.context({ operation: change.do, outcome: outcome.kind }))
  const slot =
    outcome.kind === 'moved' || outcome.kind === 'held' ? outcome.slot : holder === 'none' ? 'none' : holder.n
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
      title: `${change.do === 'promote' ? 'Promotion of' : 'Rollback of'} ${model}`,
      model,
      facts: [
        { label: 'Stage', value: stage },
        {
          label: 'Holder',
          value:
            changed || outcome.kind === 'held' ? `${outcome.version} (slot ${outcome.slot})` : holderText(log, stage),
        },
      ],
      links: release === undefined ? [] : [{ label: 'Release', url: release.url }],
    },
  )
}

/** A holder that is no version is mended by a change of the stage: for that it is warned of, and no obstacle. */
export function replaceable(checks: Check[]): Check[] {
  return checks.map((one) => (one.id === 'registry.holder-version' ? asWarning(one) : one))
}

export function holderText(log: StageLog, stage: string): string {
  const holder = log.holder(stage)
  return holder === 'none' ? 'nobody' : `${holder.version ?? holder.record.slice(0, 12)} (slot ${holder.n})`
}

/** The last check: what the stage came to, where nothing refused it. */
function ending({ model, stage, expect }: StageChange, { outcome }: Moved): Check[] {
  if (outcome.kind === 'refused') return []
  const { version, slot, previous } = outcome
  const before = previous === null ? 'nobody held it before' : `${previous} held it before`
  const observed = {
    moved: `${version} holds it since slot ${slot}; ${before}`,
    held: `${version} held it already (slot ${slot}); nothing was written`,
    'would-move': `${version} would take slot ${slot}; this was a dry run`,
  }[outcome.kind]
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

/** The same on every attempt of this step of this workflow run; null outside GitHub. */
function requestOf(a: RegistryContext): string | null {
  const step = process.env.GITHUB_ACTION
  const { runUrl, job } = a.environment
  return runUrl === undefined || job === undefined || !step ? null : `${runUrl}#${job}/${step}`
}
