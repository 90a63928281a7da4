// How often the drift check sees a planted shift: its p-value alone, beside the tests of Evidently that give one, on the same
// draws; and its whole decision over effect sizes. Ends with 1 where one of Evidently's default tests (ks, chisquare, z) that
// keeps alpha at these sizes sees more than this check, by more than two standard errors of the difference.
// `npm run bench:power -- [--peers PYTHON] [--repetitions R] [--seed S]`; PYTHON has evidently 0.7.23. A test of location
// (t_test) or of all of the distribution (anderson) may see more of a pure shift than Kolmogorov-Smirnov does: all are printed.
import { parseArgs } from 'node:util'
import { drift, driftRules } from '@mlops-actions/drift'
import { startPeers } from './drift-peers.ts'
import { categoryLaws, type Drawn, type Law, numericLaws, randomOf, sampleOf } from './laws.ts'
import { printTable } from './table.ts'

const { values: asked } = parseArgs({
  options: {
    peers: { type: 'string' },
    repetitions: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
})
const repetitions = Number(asked.repetitions)
const seed = Number(asked.seed)
const rules = driftRules.parse({})
const defaults = ['ks', 'chisquare', 'z']
const pairs = [
  { n: 100, m: 100 },
  { n: 500, m: 500 },
  { n: 1000, m: 200 },
  { n: 1000, m: 1000 },
  { n: 10_000, m: 1000 },
  { n: 10_000, m: 10_000 },
]
const numbers = numericLaws.map((law) => ({ law, shifts: [0, 0.1, 0.2, 0.5] }))
const shares = categoryLaws.filter((_, i) => i < 6).map((law) => ({ law, shifts: [0, 0.05] }))
const columns = [...numbers, ...shares].flatMap(({ law, shifts }) => shifts.map((by) => ({ law, by })))

type Answer = Record<string, (number | null)[]>
const peers = asked.peers === undefined ? undefined : startPeers<Answer>(asked.peers, 'tests')
const broken: string[] = []
for (const { n, m } of pairs) await measure(n, m)
peers?.end()
decisions()
for (const what of broken) console.error(`BROKEN  ${what}`)
process.exit(broken.length > 0 ? 1 : 0)

/** The share of draws in which each test's p is under alpha, for every law and shift at one pair of sizes. */
async function measure(n: number, m: number): Promise<void> {
  const seen = columns.map(() => new Map<string, number>())
  const count = (i: number, test: string, hit: boolean) => {
    seen[i]!.set(test, (seen[i]!.get(test) ?? 0) + Number(hit))
  }
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const random = randomOf(seed, n, m, repetition)
    const before = columns.map(({ law }) => law.draw(n, random))
    const after = columns.map(({ law, by }) => law.shifted(by).draw(m, random))
    columns.forEach((_, i) => {
      count(i, 'this check', ours(before[i]!, after[i]!).p < rules.alpha)
    })
    const judged = (await peers?.judge(before, after)) ?? {}
    for (const [test, p] of Object.entries(judged)) {
      columns.forEach((_, i) => {
        // null: the test is not for this column, or raised; then nothing is seen.
        if (p[i] != null) count(i, test, p[i]! < rules.alpha)
        else if (isFor(test, before[i]!)) count(i, test, false)
      })
    }
  }
  const tests = [...new Set(seen.flatMap((of) => [...of.keys()]))]
  const rate = (i: number, test: string) => seen[i]!.get(test)! / repetitions
  printTable(
    columns.map(({ law, by }, i) => ({
      [`p under ${rules.alpha}, ${n}/${m} rows x ${repetitions}`]: nameOf(law, by),
      ...Object.fromEntries(
        tests.map((test) => [test, seen[i]!.has(test) ? `${(100 * rate(i, test)).toFixed(0)} %` : '']),
      ),
    })),
  )
  console.log()
  columns.forEach(({ law, by }, i) => {
    if (by === 0) return
    const still = columns.findIndex((other) => other.law === law && other.by === 0)
    for (const test of defaults) {
      if (!seen[i]!.has(test) || rate(still, test) > rules.alpha + 2 * error(rules.alpha)) continue
      const [a, b] = [rate(i, 'this check'), rate(i, test)]
      if (b - a > 2 * Math.hypot(error(a), error(b)))
        broken.push(`${nameOf(law, by)}, ${n}/${m}: ${a} of the draws are seen, ${b} by ${test}`)
    }
  })
}

function ours(before: Drawn, after: Drawn): { p: number; drifted: boolean } {
  const reference = sampleOf([before])
  const found = drift(reference, sampleOf([after], reference), rules)
  return { p: Number(found.checks[0]!.evidence.p_adjusted), drifted: found.drift !== 'none' }
}

/** Whether Evidently has this test for the column: of two categories others than of more. */
function isFor(test: string, column: Drawn): boolean {
  if (!('counts' in column)) return !['chisquare', 'z', 'fisher_exact', 'g_test'].includes(test)
  return (column.counts.length === 2 ? ['z', 'fisher_exact'] : ['chisquare', 'g_test']).includes(test)
}

function error(share: number): number {
  return Math.sqrt((share * (1 - share)) / repetitions)
}

function nameOf(law: Law, by: number): string {
  if (by === 0) return `${law.name}, no shift`
  return numericLaws.includes(law) ? `${law.name} + ${by} sd` : `${law.name}, ${100 * by} points moved`
}

/** The whole decision, with its floor, over effects from none to large. */
function decisions(): void {
  const effects = [
    { law: numericLaws[0]!, steps: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1] },
    { law: categoryLaws[2]!, steps: [0, 0.025, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2] },
  ]
  for (const { law, steps } of effects) {
    printTable(
      pairs.map(({ n, m }) => ({
        [`called drift: ${law.name}`]: `${n}/${m}`,
        ...Object.fromEntries(
          steps.map((by) => {
            let called = 0
            for (let repetition = 0; repetition < repetitions; repetition++) {
              const random = randomOf(seed, n, m, repetition, 1000 * by)
              if (ours(law.draw(n, random), law.shifted(by).draw(m, random)).drifted) called++
            }
            const unit = numericLaws.includes(law) ? `${by} sd` : `${100 * by} points`
            return [unit, `${((100 * called) / repetitions).toFixed(0)} %`]
          }),
        ),
      })),
    )
    console.log()
  }
}
