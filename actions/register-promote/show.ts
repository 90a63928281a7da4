import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileText, openVersion, readLog, type Slot, versionChecks, witnessCheck } from '@mlops-actions/registry'
import { type Check, check, UserError, verdict } from '@mlops-actions/verdict'
import { holderText } from './holder.ts'
import { type RegistryContext, results } from './inputs.ts'
import { modelOf, namedVersion, stageOf } from './named.ts'
import { showAll } from './show-all.ts'
import { timelineOf } from './timeline.ts'

/** How many entries of the log the report shows. */
const shown = 20

/** Who holds a stage, or held it at a time, and whether tags, deployments and files agree; of no model in particular: all. */
export async function show(a: RegistryContext) {
  const named = a.inputs.model ?? a.inputs.version ?? a.settings.values.model
  return named === undefined || a.inputs.model === '*' ? showAll(a, timeOf(a)) : showOne(a)
}

async function showOne(a: RegistryContext) {
  const model = modelOf(a)
  const stage = stageOf(a)
  const github = await a.github()
  const at = timeOf(a)
  const named = await namedVersion(a, github, model)
  const log = await a.log.group(`Read the log of ${model}`, () => readLog(github, model))
  const slots = log.slots(stage)
  const slot = log.holder(stage, at)
  const version = named ?? (slot === 'none' ? undefined : (slot.version ?? undefined))
  const opened = version === undefined ? undefined : await openVersion(github, log, version)
  const checks: Check[] = [
    check(true, {
      id: 'registry.holder',
      title: `Who ${at === undefined ? 'holds' : 'held'} ${model}#${stage}`,
      subject: `${model}#${stage}`,
      observed: slot === 'none' ? 'nobody' : `${slot.version ?? slot.record.slice(0, 12)}, ${entry(slot)}`,
      expected: 'as the log says',
      evidence: { slot: slot === 'none' ? null : slot.n, at: at?.toISOString() ?? null },
    }),
    ...log.checks(stage),
    await witnessCheck(github, log, stage),
    ...(opened === undefined ? [] : await versionChecks(github, opened)),
  ]
  const manifest = join(a.folder, 'manifest.json')
  if (opened !== undefined) await writeFile(manifest, fileText(opened.manifest))
  const release = opened === undefined || opened.release === 'absent' ? undefined : opened.release
  const below = slot === 'none' ? undefined : slots.findLast((s) => s.n < slot.n)
  const sha256 = opened?.manifest.files[0]?.sha256 ?? null
  const result = verdict(
    'registry',
    { name: model, stage, version: version ?? null, model: sha256 },
    checks,
    a.context({ operation: 'show' }),
  )
  return a.finish(
    result,
    results({
      version: version ?? '',
      tag: opened?.tag ?? '',
      'release-id': release?.id ?? '',
      'release-url': release?.url ?? '',
      stage,
      slot: slot === 'none' ? 'none' : String(slot.n),
      'previous-version': below?.version ?? 'none',
      manifest: opened === undefined ? '' : manifest,
    }),
    {
      title: `${model} in the registry`,
      model,
      facts: [
        {
          label: 'Versions',
          value:
            log.versions
              .map((v) => v.version)
              .slice(-shown)
              .join(', ') || 'none',
        },
        ...log.stages.map((s) => ({ label: s, value: holderText(log, s) })),
      ],
      timelines: log.stages.map((one) => timelineOf(log, one)),
      links: release === undefined ? [] : [{ label: 'Release', url: release.url }],
    },
  )
}

/** One entry of the log in words. */
function entry({ n, date, event }: Slot): string {
  const who = event === null ? 'by another tool' : `${event.kind} by ${event.who}`
  const why = event?.why ? `: ${event.why}` : ''
  return `slot ${n}, ${date ?? 'no date'}, ${who}${why}`
}

function timeOf(a: RegistryContext): Date | undefined {
  if (a.inputs.at === undefined) return undefined
  const time = new Date(a.inputs.at)
  if (/^\d{4}-\d\d-\d\d/.test(a.inputs.at) && !Number.isNaN(+time)) return time
  throw new UserError({
    code: 'INPUT_INVALID',
    message: `The input "at" is no time: "${a.inputs.at}".`,
    where: { key: 'at' },
    help: 'Write it as 2026-03-01T12:00:00Z; a date alone is the start of that day, UTC.',
  })
}
