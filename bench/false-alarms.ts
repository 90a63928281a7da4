// False alarms of the drift check where nothing drifted: both sides drawn from one law, over all pairs of sizes from 50 to
// 100,000 rows, one column of each law and a table of twenty columns, by the decision that drift-check makes. Two rates are
// held to alpha: of the whole decision, and of its p-values alone. Ends with 1 where a rate is above
// - alpha + 4 standard errors in a cell (of fewer than 1000 repetitions: what chance exceeds as rarely), or
// - alpha + 2 standard errors over all cells.
// `npm run bench:false-alarms -- [--tenth | --repetitions R] [--seed S] [--peers PYTHON [--peer-tables T]]`: 1000 repetitions,
// or a tenth of them; with --peers, beside them Evidently's DataDriftPreset and NannyML's univariate drift, both by default, on
// the draws of a part of the grid.
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { drift, driftRules } from '@mlops-actions/drift'
import { betaP } from '@mlops-actions/statistics'
import { startPeers } from './drift-peers.ts'
import type { Alarms, Job } from './false-alarms-worker.ts'
import { mixedLaws, randomOf, sampleOf, singleLaws, sizes } from './laws.ts'
import { printTable } from './table.ts'

const { values: asked } = parseArgs({
  options: {
    tenth: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    repetitions: { type: 'string' },
    peers: { type: 'string' },
    'peer-tables': { type: 'string', default: '100' },
  },
})
const rules = driftRules.parse({})
const { alpha } = rules
const seed = Number(asked.seed)
const repetitions = Number(asked.repetitions ?? (asked.tenth ? 100 : 1000))
const names = [...singleLaws.map(({ name }) => name), 'table of 20 columns']

const grid = await wholeGrid()
const broken = report(grid)
if (asked.peers !== undefined) await printPeers(asked.peers)
for (const what of broken) console.error(`BROKEN  ${what}`)
process.exit(broken.length > 0 ? 1 : 0)

/** Alarms by pair of sizes, then by name. */
async function wholeGrid(): Promise<Map<string, Alarms[]>> {
  const pairs = sizes.flatMap((n) => sizes.map((m) => ({ n, m })))
  // In parts, the longest first, so that no thread works alone at the end.
  const step = Math.ceil(repetitions / 10)
  const jobs: Job[] = pairs
    .flatMap((pair) =>
      Array.from({ length: Math.ceil(repetitions / step) }, (_, i) => ({
        ...{ seed, ...pair, from: i * step, to: Math.min(repetitions, (i + 1) * step) },
      })),
    )
    .sort((a, b) => b.n + b.m - (a.n + a.m))
  const total = jobs.reduce((sum, { n, m }) => sum + n + m, 0)
  const found = new Map(pairs.map(({ n, m }) => [`${n}/${m}`, names.map((): Alarms => ({ byP: 0, byRule: 0 }))]))
  let done = 0
  let told = 0
  const thread = async () => {
    const worker = new Worker(new URL('./false-alarms-worker.ts', import.meta.url))
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      worker.postMessage(job)
      // Rejects where the worker ends with an error.
      const [alarms] = (await once(worker, 'message')) as [Alarms[]]
      found.get(`${job.n}/${job.m}`)!.forEach((sum, i) => {
        sum.byP += alarms[i]!.byP
        sum.byRule += alarms[i]!.byRule
      })
      done += job.n + job.m
      if (done / total >= told + 0.1) {
        told = Math.floor((10 * done) / total) / 10
        console.error(`${Math.round(100 * told)} %`)
      }
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: availableParallelism() }, thread))
  return found
}

/** Prints the rates and gives what is above its limit. */
function report(found: Map<string, Alarms[]>): string[] {
  const broken: string[] = []
  const limit = cellLimit(repetitions)
  const percent = (rate: number) => `${(100 * rate).toFixed(2)} %`
  const kinds = { 'p-values alone': 'byP', 'whole decision': 'byRule' } as const
  const worst: Record<string, string> = {}
  for (const [kind, key] of Object.entries(kinds)) {
    let highest = { rate: -1, where: '' }
    for (const [pair, alarms] of found) {
      for (const [i, of] of alarms.entries()) {
        const rate = of[key] / repetitions
        const where = `${names[i]}, ${pair}`
        if (rate > highest.rate) highest = { rate, where }
        if (rate > limit) broken.push(`${kind}: ${where}: ${percent(rate)} is above ${percent(limit)}`)
      }
    }
    worst[kind] = `${percent(highest.rate)} (${highest.where})`
  }
  // The table of twenty columns is made of the same draws, so that it is summed on its own.
  const rows = names.map((name, i) => ({ of: name, alarms: [...found.values()].map((alarms) => alarms[i]!) }))
  const pooled = [
    ...rows,
    { of: 'all tables of one column', alarms: rows.slice(0, -1).flatMap(({ alarms }) => alarms) },
  ].map(({ of, alarms }) => ({ of, runs: alarms.length * repetitions, alarms }))
  const rateOf = (alarms: Alarms[], key: keyof Alarms, runs: number) =>
    alarms.reduce((sum, one) => sum + one[key], 0) / runs
  printTable(
    pooled.map(({ of, runs, alarms }) => ({
      [`no drift, ${found.size} pairs of sizes x ${repetitions}`]: of,
      'p-values alone': percent(rateOf(alarms, 'byP', runs)),
      'whole decision': percent(rateOf(alarms, 'byRule', runs)),
    })),
  )
  for (const { of, runs, alarms } of pooled.slice(-2)) {
    const most = alpha + 2 * Math.sqrt((alpha * (1 - alpha)) / runs)
    for (const [kind, key] of Object.entries(kinds)) {
      const rate = rateOf(alarms, key, runs)
      if (rate > most) broken.push(`${kind}: ${of}: ${percent(rate)} is above ${percent(most)}`)
    }
  }
  console.log(`\nEach cell at most ${percent(limit)}. The highest:`)
  for (const [kind, what] of Object.entries(worst)) console.log(`- ${kind}: ${what}`)
  return broken
}

/** The highest rate that a cell may have. */
function cellLimit(runs: number): number {
  if (runs >= 1000) return alpha + 4 * Math.sqrt((alpha * (1 - alpha)) / runs)
  // The normal law's tail beyond four standard errors; a count of few is skewed and goes beyond them far more often.
  const tail = 3.17e-5
  let most = 0
  while (most < runs && betaP(most + 1, runs - most, alpha) > tail) most++
  return most / runs
}

/** Evidently and NannyML by default beside this check, table by table: six pairs of sizes, seventeen cells each. */
async function printPeers(python: string): Promise<void> {
  const pairs = [100, 1000].flatMap((m) => [100, 1000, 10_000].map((n) => ({ n, m })))
  const peers = startPeers<{ evidently: boolean[]; evidently_dataset: boolean; nannyml: boolean[] }>(python, 'defaults')
  const repetitions = Number(asked['peer-tables'])
  const rows: object[] = []
  for (const { n, m } of pairs) {
    const ways = ['ours', 'evidently', 'nannyml'] as const
    /** Alarms by column of a law, and of the whole table. */
    const alarms = Object.fromEntries(ways.map((way) => [way, names.map(() => 0)])) as Record<string, number[]>
    let datasets = 0
    for (let repetition = 0; repetition < repetitions; repetition++) {
      // The draws of the grid.
      const random = randomOf(seed, n, m, repetition)
      const before = mixedLaws.map((law) => law.draw(n, random))
      const after = mixedLaws.map((law) => law.draw(m, random))
      const reference = sampleOf(before)
      const current = sampleOf(after, reference)
      const judged = await peers.judge(before, after)
      const ours = singleLaws.map((_, i) => {
        const columns = [reference.profile.columns[i]!]
        const alone = { ...reference, profile: { ...reference.profile, columns } }
        const beside = { ...current, profile: { ...current.profile, columns: [current.profile.columns[i]!] } }
        return drift(alone, beside, rules).drift !== 'none'
      })
      const flags = { ours, evidently: judged.evidently, nannyml: judged.nannyml }
      for (const way of ways) {
        singleLaws.forEach((_, i) => {
          if (flags[way][i]) alarms[way]![i]!++
        })
        const any = way === 'ours' ? drift(reference, current, rules).drift !== 'none' : flags[way].some(Boolean)
        if (any) alarms[way]![names.length - 1]!++
      }
      if (judged.evidently_dataset) datasets++
    }
    const of = (way: string, i: number) => `${((100 * alarms[way]![i]!) / repetitions).toFixed(0)} %`
    names.forEach((name, i) => {
      const last = i === names.length - 1
      rows.push({
        [`no drift, ${repetitions} tables each`]: `${name}, ${n}/${m}`,
        'this check': of('ours', i),
        Evidently: of('evidently', i) + (last ? ` (half of the columns: ${datasets} %)` : ''),
        NannyML: of('nannyml', i),
      })
    })
    console.error(`peers: ${n}/${m}`)
  }
  peers.end()
  console.log()
  printTable(rows)
}
