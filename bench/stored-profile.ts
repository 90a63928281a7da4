// The drift check by a stored reference profile beside the check by the reference's rows, on the same draws: without drift and
// with planted drift, over all pairs of sizes and all laws. Ends with 1 unless the decision is the same in 99.9 % of the
// checks, no p-value is under that of the rows, the statistic is within the bound that the profile states, and PSI is that of
// the rows in the same bins within the bound that follows from the ranks'.
// `npm run bench:stored-profile -- [--repetitions R] [--seed S]`
import { parseArgs } from 'node:util'
import { drift, driftRules } from '@mlops-actions/drift'
import { type ColumnProfile, countIn, countSorted, Ranked } from '@mlops-actions/profile'
import { populationStability } from '@mlops-actions/statistics'
import type { JsonObject } from '@mlops-actions/verdict'
import { type Law, numericLaws, randomOf, sampleOf, singleLaws, sizes, storedProfileOf } from './laws.ts'
import { printTable } from './table.ts'

const { values: asked } = parseArgs({
  options: { repetitions: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
})
const repetitions = Number(asked.repetitions)
const seed = Number(asked.seed)
const rules = driftRules.parse({})
/** Of numbers in standard deviations, of categories the share that moves. */
const shifts = { numeric: [0, 0.2, 0.5, 1], categorical: [0, 0.05, 0.1, 0.2] }

interface Tally {
  checks: number
  decisions: number
  sides: number
  /** The largest differences from the rows, of those within their bounds. */
  statistic: number
  psi: number
}

const nothing: Tally = { checks: 0, decisions: 0, sides: 0, statistic: 0, psi: 0 }
const tallies = new Map<string, Tally>()
const broken: string[] = []

for (const law of singleLaws) {
  const numeric = numericLaws.includes(law)
  for (const by of numeric ? shifts.numeric : shifts.categorical) {
    for (const n of sizes) for (const m of sizes) await compare(law, numeric, by, n, m)
  }
}
const all = total([...tallies.values()])
printTable([...tallies, ['all', all] as const].map(([of, tally]) => rowOf(of, tally)))
if (all.decisions > 0.001 * all.checks) broken.push(`${all.decisions} of ${all.checks} decisions differ`)
for (const what of broken) console.error(`BROKEN  ${what}`)
process.exit(broken.length > 0 ? 1 : 0)

async function compare(law: Law, numeric: boolean, by: number, n: number, m: number): Promise<void> {
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const random = randomOf(seed, singleLaws.indexOf(law), 100 * by, n, m, repetition)
    const drawn = [law.draw(n, random)]
    const now = [law.shifted(by).draw(m, random)]
    const rows = sampleOf(drawn)
    const profile = await storedProfileOf(drawn)
    const column = profile.columns[0]!
    const current = sampleOf(now, { profile })
    const byRows = drift(rows, sampleOf(now, rows), rules)
    const byProfile = drift({ profile }, current, rules)
    const [was, is] = [byRows.checks[0]!.evidence, byProfile.checks[0]!.evidence]
    const tally: Tally = {
      checks: 1,
      decisions: byRows.drift === byProfile.drift && byRows.decision === byProfile.decision ? 0 : 1,
      sides: Number(was.p_adjusted) < rules.alpha === Number(is.p_adjusted) < rules.alpha ? 0 : 1,
      statistic: Number(was.statistic) - Number(is.statistic),
      psi: Math.abs(
        psiOf(is) - (rows.values.c0 ? psiInBins(column, current.profile.columns[0]!, rows.values.c0) : psiOf(was)),
      ),
    }
    const error = column.numbers?.distribution?.error ?? 0
    const where = `${law.name} moved by ${by}, ${n}/${m}, repetition ${repetition}`
    if (Number(is.p_value) < Number(was.p_value) * (1 - 1e-9)) broken.push(`${where}: p is under that of the rows`)
    if (tally.statistic < -1e-9 || tally.statistic > (2 * error) / n + 1e-9)
      broken.push(`${where}: the statistic is ${tally.statistic} below that of the rows`)
    if (error === 0 && Math.abs(psiOf(is) - psiOf(was)) > 1e-9) broken.push(`${where}: PSI is not that of the rows`)
    if (tally.psi > psiBound(column, current.profile.columns[0]!, error))
      broken.push(`${where}: PSI is ${tally.psi} off that of the rows`)
    const key = `${numeric ? 'numbers' : 'categories'}${by === 0 ? ', no drift' : numeric ? `, moved by ${by} sd` : `, ${100 * by} points moved`}`
    tallies.set(key, total([tallies.get(key) ?? nothing, tally]))
  }
}

function psiOf(evidence: JsonObject): number {
  return (evidence.distances as { psi: number }).psi
}

/** PSI of the rows in the bins of the stored profile. */
function psiInBins(reference: ColumnProfile, current: ColumnProfile, rows: Float64Array): number {
  const counts = countIn(reference.numbers!.bins, new Ranked(countSorted(rows)))
  return populationStability(counts, current.numbers!.counts).psi
}

/** A count of a bin is off by at most twice the error of a rank; the change of PSI is at most that of each bin's term. */
function psiBound(reference: ColumnProfile, current: ColumnProfile, error: number): number {
  const counts = reference.numbers?.counts
  if (counts === undefined || error === 0) return 1e-9
  const [n, m, k] = [reference.count, current.count, counts.length]
  return (
    1e-9 +
    counts.reduce((sum, count, i) => {
      const p = (count + 0.5) / (n + 0.5 * k)
      const q = (current.numbers!.counts[i]! + 0.5) / (m + 0.5 * k)
      const term = (share: number) => (share - q) * Math.log(share / q)
      const off = (2 * error) / (n + 0.5 * k)
      const low = Math.max(p - off, 0.5 / (n + 0.5 * k))
      return sum + Math.max(Math.abs(term(low) - term(p)), Math.abs(term(p + off) - term(p)))
    }, 0)
  )
}

function total(tallies: Tally[]): Tally {
  return tallies.reduce((a, b) => ({
    checks: a.checks + b.checks,
    decisions: a.decisions + b.decisions,
    sides: a.sides + b.sides,
    statistic: Math.max(a.statistic, b.statistic),
    psi: Math.max(a.psi, b.psi),
  }))
}

function rowOf(of: string, { checks, decisions, sides, statistic, psi }: Tally): object {
  return {
    'stored profile beside rows': of,
    checks,
    'other decision': `${((100 * decisions) / checks).toFixed(3)} %`,
    'p on the other side of alpha': `${((100 * sides) / checks).toFixed(3)} %`,
    'statistic lower by at most': statistic.toExponential(1),
    'PSI in the same bins off by at most': psi.toExponential(1),
  }
}
