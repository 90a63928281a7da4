import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  betaShare,
  binomialCdf,
  binomialLogPmf,
  binomialPmf,
  binomialSf,
  chiSquareLogSf,
  chiSquareSf,
  cramerVonMisesSf,
  erfc,
  fCdf,
  fSf,
  gammaQ,
  logBetaP,
  logBetaQ,
  logGammaP,
  logGammaQ,
  normalLogSf,
  normalSf,
  studentTCdf,
  studentTSf,
} from './index.ts'

type Part = 'normal_tail' | 'gamma_tail' | 'beta_tail' | 'student' | 'f_distribution' | 'binomials' | 'cramer_von_mises'
const golden: Record<Part, Record<string, number>[]> = JSON.parse(
  readFileSync(new URL('./golden/distributions.golden.json', import.meta.url), 'utf8'),
)

/** Equal to `relative`; both below the smallest normal double are equal. */
function near(actual: number, wanted: number, relative: number, where: object) {
  if (Math.abs(actual - wanted) <= 1e-300) return
  const error = Math.abs(actual - wanted) / Math.abs(wanted)
  if (!(error <= relative)) expect.fail(`${actual} is not ${wanted} (${error}) at ${JSON.stringify(where)}`)
}

/** 1e-12 in the body; in the tails, where the exponent of a double costs digits, 1e-11. */
const within = (probability: number) => (probability > 1e-30 ? 1e-12 : 1e-11)

describe('agreement with mpmath', () => {
  test('the logarithm of the normal tail, and erfc', () => {
    for (const row of golden.normal_tail) {
      near(normalLogSf(row.z!), row.log_sf!, 1e-14, row)
      near(erfc(row.erfc_at!), row.erfc!, within(row.erfc!), row)
    }
  })
  test('the logarithms of the incomplete gamma functions', () => {
    for (const row of golden.gamma_tail) {
      near(logGammaP(row.a!, row.x!), row.log_p!, row.log_p! > -1e-3 ? 1e-9 : 1e-12, row)
      near(logGammaQ(row.a!, row.x!), row.log_q!, 1e-12, row)
      near(chiSquareLogSf(2 * row.x!, 2 * row.a!), row.log_q!, 1e-12, row)
    }
  })
  test('the logarithms of the incomplete beta function', () => {
    for (const row of golden.beta_tail) {
      near(logBetaP(row.a!, row.b!, row.x!), row.log_p!, 1e-12, row)
      near(logBetaQ(row.a!, row.b!, row.x!), row.log_q!, 1e-12, row)
    }
  })
  test("Student's t", () => {
    for (const row of golden.student) {
      near(studentTSf(row.t!, row.df!), row.sf!, within(row.sf!), row)
      near(studentTCdf(row.t!, row.df!), row.cdf!, within(row.cdf!), row)
    }
  })
  test('F', () => {
    for (const row of golden.f_distribution) {
      near(fSf(row.x!, row.d1!, row.d2!), row.sf!, within(row.sf!), row)
      near(fCdf(row.x!, row.d1!, row.d2!), row.cdf!, within(row.cdf!), row)
    }
  })
  test('the binomial distribution', () => {
    for (const row of golden.binomials) {
      near(binomialPmf(row.k!, row.n!, row.p!), row.pmf!, within(row.pmf!), row)
      near(binomialCdf(row.k!, row.n!, row.p!), row.cdf!, within(row.cdf!), row)
      near(binomialSf(row.k!, row.n!, row.p!), row.sf!, within(row.sf!), row)
    }
  })
  test('the limit law of Cramer and von Mises, to 1e-200', () => {
    for (const row of golden.cramer_von_mises) near(cramerVonMisesSf(row.x!), row.sf!, 1e-11, row)
  })
})

describe('edges are outcomes, never NaN', () => {
  test('the ends of each distribution', () => {
    expect([studentTSf(Infinity, 3), studentTSf(-Infinity, 3), studentTSf(0, 3)]).toEqual([0, 1, 0.5])
    expect(studentTSf(1.96, Infinity)).toBe(normalSf(1.96))
    expect([fSf(-1, 2, 3), fSf(0, 2, 3), fSf(Infinity, 2, 3), fCdf(Infinity, 2, 3)]).toEqual([1, 1, 0, 1])
    expect([binomialCdf(-1, 3, 0.5), binomialSf(-1, 3, 0.5), binomialCdf(3, 3, 0.5), binomialSf(3, 3, 0.5)]).toEqual([
      0, 1, 1, 0,
    ])
    expect([binomialPmf(0, 0, 0.3), binomialPmf(0, 9, 0), binomialPmf(9, 9, 1), binomialPmf(4, 3, 0.5)]).toEqual([
      1, 1, 1, 0,
    ])
    expect(binomialLogPmf(1, 9, 0)).toBe(-Infinity)
    expect([normalLogSf(-Infinity), normalLogSf(Infinity), erfc(Infinity), erfc(-Infinity)]).toEqual([
      -0,
      -Infinity,
      0,
      2,
    ])
    expect([logGammaP(2, 0), logGammaQ(2, 0), logGammaP(2, Infinity), logGammaQ(2, Infinity)]).toEqual([
      -Infinity,
      0,
      0,
      -Infinity,
    ])
    expect([logBetaP(2, 3, 0), logBetaP(2, 3, 1), logBetaQ(2, 3, 0), logBetaQ(2, 3, 1)]).toEqual([
      -Infinity,
      0,
      0,
      -Infinity,
    ])
    expect([chiSquareLogSf(0, 0), chiSquareLogSf(1, 0)]).toEqual([0, -Infinity])
    expect([cramerVonMisesSf(-1), cramerVonMisesSf(Infinity)]).toEqual([1, 0])
  })
  test('arguments outside a distribution are refused', () => {
    for (const wrong of [
      () => studentTSf(1, 0),
      () => studentTCdf(Number.NaN, 3),
      () => fSf(1, 0, 3),
      () => fCdf(Number.NaN, 1, 3),
      () => binomialPmf(1.5, 3, 0.5),
      () => binomialCdf(1, 3, 1.5),
      () => binomialSf(1, -3, 0.5),
      () => betaShare(1, 1, 2, 0),
      () => logGammaQ(-1, 1),
      () => logBetaP(1, 0, 0.5),
      () => normalLogSf(Number.NaN),
      () => cramerVonMisesSf(Number.NaN),
    ]) {
      expect(wrong).toThrow(RangeError)
    }
  })
  test('the logarithm of a tail is that of the tail, and both tails make one', () => {
    const positive = fc.double({ min: 0.05, max: 400, noNaN: true })
    fc.assert(
      fc.property(positive, positive, (a, x) => {
        const q = gammaQ(a, x)
        if (q > 1e-300) near(Math.exp(logGammaQ(a, x)), q, 1e-11, { a, x })
        if (chiSquareSf(x, a) > 1e-300) near(Math.exp(chiSquareLogSf(x, a)), chiSquareSf(x, a), 1e-11, { a, x })
        near(studentTSf(x, a) + studentTCdf(x, a), 1, 1e-14, { a, x })
        near(fSf(x, a, 7) + fCdf(x, a, 7), 1, 1e-14, { a, x })
      }),
    )
  })
})
