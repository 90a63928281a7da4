import { randomStream } from './bootstrap.ts'

export interface PermutationTest {
  /** Of the two samples as they are. */
  statistic: number
  p: number
  /** Permutations drawn. */
  times: number
}

/**
 * Permutation test of two samples: the share of `times` random divisions of all values whose statistic is at least the
 * samples' own, p = (k + 1) / (times + 1), never 0 (B. Phipson and G. Smyth, Statistical Applications in Genetics and Molecular
 * Biology 9, 2010). The statistic is larger the more the samples differ, whatever the order of the values; the arrays it is
 * given are reused and may be sorted in place. A statistic equal but for rounding counts as reached. The same seed gives
 * the same p-value on every machine. RangeError where a sample is empty, `times` is under 1 or the statistic is NaN.
 */
export function permutationTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  statistic: (a: Float64Array, b: Float64Array) => number,
  { times = 999, seed = 1 }: { times?: number; seed?: number } = {},
): PermutationTest {
  const n = a.length
  if (n === 0 || b.length === 0) throw new RangeError('A permutation test needs values on both sides')
  if (!(times >= 1)) throw new RangeError('A permutation test needs at least one permutation')
  const pooled = new Float64Array(n + b.length)
  pooled.set(a)
  pooled.set(b, n)
  const first = new Float64Array(n)
  const second = new Float64Array(b.length)
  const divided = () => {
    first.set(pooled.subarray(0, n))
    second.set(pooled.subarray(n))
    const found = statistic(first, second)
    if (Number.isNaN(found)) throw new RangeError('The statistic of a permutation test is not a number')
    return found
  }
  const observed = divided()
  const reached = observed - 1e-14 * Math.abs(observed)
  const random = randomStream(seed)
  let extreme = 0
  for (let t = 0; t < times; t++) {
    shuffle(pooled, n, random)
    if (divided() >= reached) extreme++
  }
  return { statistic: observed, p: (extreme + 1) / (times + 1), times }
}

/** Puts a random choice of all values in the first `n` places: the first steps of the Fisher-Yates shuffle. */
function shuffle(values: Float64Array, n: number, random: () => number): void {
  for (let i = 0; i < n; i++) {
    const j = i + Math.floor((random() / 4294967296) * (values.length - i))
    const held = values[i]!
    values[i] = values[j]!
    values[j] = held
  }
}
