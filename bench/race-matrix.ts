// Two, eight and thirty-two processes promote or register at once. Ends with 1 where anything is not as it must be.
// `npm run bench:race-matrix [-- --rounds N]`
import { parseArgs } from 'node:util'
import { openPlace, type Place, runId } from '../packages/registry/registry.fixture.ts'
import type { Move } from '../packages/registry/steps.ts'
import type { Job, Report } from './registry-worker.ts'
import { forget, fsck, type Standing, standing, wrongs } from './standing.ts'
import { printTable } from './table.ts'
import { startWorker, type Worker } from './workers.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '200' } } })
const rounds = Number(values.rounds)
const most = 32
/** The model that is promoted; what is registered in a round has a model of its own. */
const model = 'churn'
const version = (n: number) => `v1.${n}.0`

interface Round {
  job(who: number): Job
  /** What is wrong with what was said and what stands. */
  wrong(reports: Report[], now: Standing): string[]
}

const kinds = {
  'promote, same expect': (round) => ({
    job: (who) => promote(round, who, 'none'),
    wrong(reports, now) {
      const slots = now.slots(stageOf(round))
      const winners = reports.filter((r) => r.kind === 'moved')
      const told = `slot 1 (${slots[0]?.version}) holds it`
      const losers = reports.filter((r) => r.kind === 'refused' && r.says.includes(told))
      return [
        ...(winners.length === 1 && slots.length === 1 && slots[0]!.version === winners[0]!.version
          ? []
          : ['not one winner']),
        ...(losers.length === reports.length - 1 ? [] : ['a loser was not told who won']),
      ]
    },
  }),
  promote: (round) => ({
    job: (who) => promote(round, who, null),
    wrong(reports, now) {
      const slots = now.slots(stageOf(round))
      const own = reports.every((r) => r.kind === 'moved' && slots[r.slot! - 1]?.version === r.version)
      return own && slots.length === reports.length ? [] : ['somebody has no slot, or not its own']
    },
  }),
  register: (round) => ({
    job: (who) => ({ do: 'register', model: modelOf(round), run: runId(100 * (round + 1) + who) }),
    wrong(reports, now) {
      const different = new Set(reports.map((r) => r.version)).size
      const there = reports.every((r, who) => {
        const run = runId(100 * (round + 1) + who)
        return now.versions.some((v) => v.version === r.version && v.run === run && v.published)
      })
      return different === reports.length && there && now.versions.length === reports.length
        ? []
        : ['somebody has no version, or not its own']
    },
  }),
  'register, same run': (round) => ({
    job: () => ({ do: 'register', model: modelOf(round), run: runId(100 * (round + 1)) }),
    wrong: (reports, now) =>
      now.versions.length === 1 &&
      now.versions[0]!.published &&
      reports.every((r) => r.version === now.versions[0]!.version)
        ? []
        : ['not one version'],
  }),
} satisfies Record<string, (round: number) => Round>

type Kind = keyof typeof kinds

const stageOf = (round: number) => `stage-${round}`
const modelOf = (round: number) => (round < 0 ? model : `model-${round}`)
const promote = (round: number, who: number, expect: 'none' | null): Move => ({
  do: 'promote',
  model,
  stage: stageOf(round),
  version: version(who),
  expect,
  request: `${round}/${who}`,
})

/**
 * How many take part in a round, and in what. Among many who all want a slot of their own each loses to each, so that
 * such rounds cost the square of their size: of the largest size there are few.
 */
function planOf(round: number): { size: number; kind: Kind } {
  const all = Object.keys(kinds) as Kind[]
  const place = round % 20
  const turn = place + Math.floor(round / 20)
  if (place < 16) return { size: 2, kind: all[turn % 4]! }
  if (place < 19) return { size: 8, kind: all[turn % 4]! }
  const large: Kind[] = ['promote, same expect', 'register, same run', 'promote, same expect', 'promote']
  return { size: most, kind: large[Math.floor(round / 20) % 4]! }
}

interface Row {
  what: string
  processes: number
  rounds: number
  'moved or registered': number
  'refused, told who won': number
  'slowest round, s': string
  violations: number
}

const rows = new Map<string, Row>()
const violations: string[] = []

async function play(place: Place, workers: Worker[], round: number, size: number, kind: Kind): Promise<void> {
  const { job, wrong } = kinds[kind](round)
  const start = performance.now()
  const said = await Promise.all(workers.slice(0, size).map((worker, who) => worker.run(job(who))))
  const seconds = (performance.now() - start) / 1000
  const reports = said.filter((r) => r !== 'killed')
  const of = kind.startsWith('register') ? modelOf(round) : model
  const now = await standing(place, of)
  const found = [
    ...wrongs(now, [stageOf(round)]),
    ...wrong(reports, now),
    ...reports.filter((r) => r.kind === 'error' || !r.helps).map((r) => r.says),
    ...(reports.length < size ? ['a process ended'] : []),
  ]
  violations.push(...found.map((what) => `round ${round}, ${size} ${kind}: ${what}`))
  const key = `${kind}, ${String(size).padStart(2)}`
  const row = rows.get(key) ?? newRow(kind, size)
  rows.set(key, {
    ...row,
    rounds: row.rounds + 1,
    'moved or registered':
      row['moved or registered'] + reports.filter((r) => r.kind === 'moved' || r.kind === 'registered').length,
    'refused, told who won': row['refused, told who won'] + reports.filter((r) => r.kind === 'refused').length,
    'slowest round, s': Math.max(Number(row['slowest round, s']), seconds).toFixed(1),
    violations: row.violations + found.length,
  })
  // Every round begins with the same versions and nothing else, so that all cost the same.
  await forget(place, (tag) => tag.startsWith(`${model}@`))
}

const newRow = (kind: Kind, processes: number): Row => ({
  what: kind,
  processes,
  rounds: 0,
  'moved or registered': 0,
  'refused, told who won': 0,
  'slowest round, s': '0',
  violations: 0,
})

const start = performance.now()
const place = await openPlace({ rateLimit: 100_000_000, checked: false })
const workers: Worker[] = []
while (workers.length < most) workers.push(...(await Promise.all([0, 1, 2, 3].map(() => startWorker(place.address)))))
// The versions that are promoted come out of a race too.
await play(place, workers, -1, most, 'register')
for (let round = 0; round < rounds - 1; round++) {
  const { size, kind } = planOf(round)
  await play(place, workers, round, size, kind)
}
violations.push(...fsck(place))
for (const worker of workers) worker.kill()
await place.close()
for (const one of violations) console.log(one)
printTable([...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row))
console.log(`violations: ${violations.length} (${rounds} rounds, ${Math.round((performance.now() - start) / 1000)} s)`)
process.exit(violations.length === 0 ? 0 : 1)
