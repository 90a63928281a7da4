// The statistics room against scipy, numpy and statsmodels, on random samples of many shapes and sizes, with ties, offsets and far
// tails: statistics and distances within 1e-12, p-values within 1e-9, relatively, each beside how far the library's own
// rounding goes (statistics.py says where). Where a function answers to a name below, its cases are compared.
//
//   node scripts/node24.mjs test/interop/statistics.ts VENV [SEED]
//
// VENV: a virtual environment that holds scipy and statsmodels.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as statistics from '../../packages/statistics/index.ts'

type Answer = Record<string, number>
interface Case {
  name: string
  // biome-ignore lint/suspicious/noExplicitAny: each function of the room takes arguments of its own.
  args: any[]
  answer: Answer
  slack: Answer
}

const [venv, seed = '1'] = process.argv.slice(2)
assert.ok(venv, 'Give the folder of the virtual environment.')

const both = (test: (a: Float64Array, b: Float64Array) => object) => (a: number[], b: number[]) =>
  test(Float64Array.from(a), Float64Array.from(b)) as Answer
const distance = (of: (a: number[], b: number[]) => number) => (a: number[], b: number[]) => ({ distance: of(a, b) })
const correction = (of: (p: number[]) => number[]) => (p: number[]) =>
  Object.fromEntries(of(p).map((value, i) => [`p${i}`, value]))

// biome-ignore lint/suspicious/noExplicitAny: as above.
const OURS: Record<string, (...args: any[]) => Answer> = {
  'ks two-sided': both(statistics.ksTest),
  'ks less': both((a, b) => statistics.ksTest(a, b, 'less')),
  'ks greater': both((a, b) => statistics.ksTest(a, b, 'greater')),
  kolmogorov: (d, n) => ({ p: statistics.kolmogorovSf(d, n) }),
  'mann-whitney two-sided': both((a, b) => statistics.mannWhitneyTest(a, b)),
  'mann-whitney less': both((a, b) => statistics.mannWhitneyTest(a, b, { alternative: 'less' })),
  'mann-whitney greater': both((a, b) => statistics.mannWhitneyTest(a, b, { alternative: 'greater' })),
  'anderson-darling': (samples: number[][]) =>
    statistics.andersonDarlingTest(samples.map((sample) => Float64Array.from(sample))) as object as Answer,
  'cramer-von-mises': both(statistics.cramerVonMisesTest),
  student: both((a, b) => statistics.tTest(a, b, { equalVariance: true })),
  welch: both((a, b) => statistics.tTest(a, b, { equalVariance: false })),
  'epps-singleton': both(statistics.eppsSingletonTest),
  homogeneity: (a, b) => ({ ...statistics.homogeneityTest(a, b) }),
  'goodness of fit pearson': (a, b) => ({ ...statistics.goodnessOfFit(a, b, 'pearson') }),
  'goodness of fit log-likelihood': (a, b) => ({ ...statistics.goodnessOfFit(a, b, 'log-likelihood') }),
  fisher,
  'fisher by whole numbers': fisher,
  proportions: (x, n, y, m) => ({ ...statistics.proportionTest(x, n, y, m) }),
  'population stability': distance((a, b) => statistics.populationStability(a, b).psi),
  'jensen-shannon': distance(statistics.jensenShannon),
  'kullback-leibler': distance(statistics.kullbackLeibler),
  hellinger: distance(statistics.hellinger),
  'l-infinity': distance(statistics.lInfinity),
  'total variation': distance(statistics.totalVariation),
  wasserstein: (a, b) => ({ distance: statistics.wasserstein(Float64Array.from(a), Float64Array.from(b)) }),
  energy: (a, b) => ({ distance: statistics.energyDistance(Float64Array.from(a), Float64Array.from(b)) }),
  holm: correction(statistics.holm),
  bonferroni: correction(statistics.bonferroni),
  'benjamini-hochberg': correction(statistics.benjaminiHochberg),
  'benjamini-yekutieli': correction(statistics.benjaminiYekutieli),
  bca: (estimate, resampled, jackknife, confidence) => {
    const [low, high] = statistics.bcaInterval(estimate, resampled, jackknife, confidence) ?? [Number.NaN, Number.NaN]
    return { low, high }
  },
  normal: (z) => ({ p: statistics.normalSf(z), log: statistics.normalLogSf(z) }),
  erfc: (x) => ({ p: statistics.erfc(x) }),
  'student t': (t, df) => ({ p: statistics.studentTSf(t, df), cdf: statistics.studentTCdf(t, df) }),
  f: (x, d1, d2) => ({ p: statistics.fSf(x, d1, d2), cdf: statistics.fCdf(x, d1, d2) }),
  binomial: (k, n, p) => ({
    p: statistics.binomialSf(k, n, p),
    cdf: statistics.binomialCdf(k, n, p),
    pmf: statistics.binomialPmf(k, n, p),
  }),
  'chi-square': (x, df) => ({ p: statistics.chiSquareSf(x, df), cdf: statistics.gammaP(df / 2, x / 2) }),
  'normal quantile': (p) => ({ quantile: statistics.normalQuantile(p) }),
  'chi-square quantile': (p, df) => ({ quantile: statistics.chiSquareIsf(p, df) }),
  'beta quantile': (p, a, b) => ({ quantile: statistics.betaQuantile(p, a, b) }),
  wilson: (k, n, confidence) => {
    const [low, high] = statistics.wilsonInterval(k, n, confidence)
    return { low, high }
  },
  mcnemar: (gained, lost) => ({ p: statistics.mcnemarP(gained, lost) }),
  correlation: (x, y) => {
    const of = [Float64Array.from(x), Float64Array.from(y)] as const
    return { pearson: statistics.pearson(...of) ?? Number.NaN, spearman: statistics.spearman(...of) ?? Number.NaN }
  },
}

function fisher(table: [[number, number], [number, number]]): Answer {
  const { oddsRatio, p } = statistics.fisherExact(table)
  return { p, odds: oddsRatio ?? Number.NaN }
}

/** Probabilities and quantiles have tails, of which 1e-9 is asked; all else is a statistic, a distance or a logarithm. */
function asked(key: string): number {
  return /^(p\d*|cdf|pmf|quantile)$/.test(key) ? 1e-9 : 1e-12
}

interface Tally {
  cases: number
  /** The largest relative error, and the largest of what is beyond the library's own rounding. */
  worst: Map<string, { whole: number; beyond: number }>
}

const tallies = new Map<string, Tally>()
const unanswered = new Set<string>()
const differences: string[] = []
const program = fileURLToPath(new URL('statistics.py', import.meta.url))
const python = spawn(resolve(venv, 'bin/python'), [program, seed], { stdio: ['ignore', 'pipe', 'inherit'] })
const ended = once(python, 'close')
for await (const line of createInterface({ input: python.stdout })) compare(JSON.parse(line) as Case)
const [status] = await ended

function compare({ name, args, answer, slack }: Case): void {
  const ours = OURS[name]
  if (ours === undefined) {
    unanswered.add(name)
    return
  }
  const tally = tallies.get(name) ?? { cases: 0, worst: new Map() }
  tallies.set(name, tally)
  tally.cases++
  const found = ours(...args)
  for (const [key, wanted] of Object.entries(answer)) {
    const value = found[key] ?? Number.NaN
    // Below the smallest normal double no digits are left to compare.
    const whole = relative(Math.abs(value - wanted) - 1e-300, wanted)
    const error = relative(Math.abs(value - wanted) - 1e-300 - (slack[key] ?? 0), wanted)
    const shown = /^p\d+$/.test(key) ? 'p' : key
    const worst = tally.worst.get(shown) ?? { whole: 0, beyond: 0 }
    tally.worst.set(shown, { whole: Math.max(worst.whole, whole), beyond: Math.max(worst.beyond, error) })
    if (!(error <= asked(key))) {
      const sizes = args.map((arg) =>
        Array.isArray(arg) && arg.length > 4 ? `[${arg.length} values]` : JSON.stringify(arg),
      )
      differences.push(
        `${name}(${sizes.join(', ').slice(0, 300)}): ${key} ${value}, not ${wanted} (${error.toExponential(1)})`,
      )
    }
  }
}

/** NaN, which is no agreement, where the difference is. */
function relative(difference: number, wanted: number): number {
  return difference <= 0 ? 0 : difference / Math.abs(wanted)
}

let total = 0
console.log("Worst relative errors beyond the library's own rounding (with it):")
for (const [name, { cases, worst }] of tallies) {
  total += cases
  const errors = [...worst].map(
    ([key, { whole, beyond }]) => `${key} ${beyond.toExponential(1)} (${whole.toExponential(1)})`,
  )
  console.log(`${name}: ${cases} cases; worst ${errors.join(', ')}`)
}
if (unanswered.size > 0)
  console.log(`Not compared, as none of our functions is named for it: ${[...unanswered].join(', ')}`)
for (const one of differences.slice(0, 40)) console.log(one)
console.log(`${total} cases of ${tallies.size} functions compared; ${differences.length} differences`)
assert.equal(status, 0, 'The Python program failed.')
const missing = Object.keys(OURS).filter((name) => !tallies.has(name))
assert.deepEqual(missing, [], 'Functions that no case reached.')
assert.equal(differences.length, 0)
