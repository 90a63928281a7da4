import { betaQ } from './beta.ts'
import { normalQuantile } from './normal.ts'

/** Wilson's score interval for a share (Journal of the American Statistical Association 22, 1927). RangeError for n < 1. */
export function wilsonInterval(successes: number, n: number, confidence: number): [number, number] {
  if (!(n >= 1)) throw new RangeError('A share needs at least one row')
  const z = normalQuantile((1 + confidence) / 2)
  const share = successes / n
  const centre = share + (z * z) / (2 * n)
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  const scale = 1 + (z * z) / n
  return [
    successes === 0 ? 0 : Math.max(0, (centre - half) / scale),
    successes === n ? 1 : Math.min(1, (centre + half) / scale),
  ]
}

/**
 * Tango's score interval for a difference of paired shares (Statistics in Medicine 17, 1998): of n rows, `gained` hold
 * only in the second, `lost` only in the first; the difference is (gained - lost) / n. It keeps its width when no row
 * differs, which a bootstrap does not.
 */
export function tangoInterval(gained: number, lost: number, n: number, confidence: number): [number, number] {
  if (!(n >= 1)) throw new RangeError('A share needs at least one row')
  const z = normalQuantile((1 + confidence) / 2)
  return [-tangoUpper(lost, gained, n, z), tangoUpper(gained, lost, n, z)]
}

function tangoUpper(gained: number, lost: number, n: number, z: number): number {
  const score = (delta: number) => {
    const b = -gained - lost + (2 * n - gained + lost) * delta
    const c = -lost * delta * (1 - delta)
    // The larger root of 2n q² + b q + c, written so that a positive b cancels nothing.
    const root = Math.sqrt(Math.max(0, b * b - 8 * n * c))
    const q = b > 0 ? (-2 * c) / (b + root) : (root - b) / (4 * n)
    const variance = n * (2 * q + delta * (1 - delta))
    const distance = gained - lost - n * delta
    return variance > 0 ? distance / Math.sqrt(variance) : Math.sign(distance) * Number.POSITIVE_INFINITY
  }
  let low = (gained - lost) / n
  let high = 1
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (score(middle) > -z) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** McNemar's exact two-sided p-value for `gained` and `lost` discordant pairs; 1 where there are none. */
export function mcnemarP(gained: number, lost: number): number {
  const few = Math.min(gained, lost)
  const total = gained + lost
  if (total === 0 || few * 2 === total) return 1
  // P(X <= few) for X of Binomial(total, 1/2) is the upper tail of a Beta(few + 1, total - few) variable at 1/2.
  return Math.min(1, 2 * betaQ(few + 1, total - few, 0.5))
}
