/**
 * Walks the distinct values of several sorted samples upwards and tells at each how many values of every sample lie
 * there and how many below: what midranks and empirical distribution functions are made of. The two arrays given to
 * `visit` are used again for the next value. RangeError where a sample is empty or holds NaN.
 */
export function forEachTieGroup(
  samples: readonly Float64Array[],
  visit: (here: Float64Array, below: Float64Array) => void,
): void {
  for (const sample of samples) {
    if (sample.length === 0) throw new RangeError('A test of samples needs values in each of them')
    if (Number.isNaN(sample.at(-1)!)) throw new RangeError('A sample holds a value that is not a number')
  }
  const here = new Float64Array(samples.length)
  const below = new Float64Array(samples.length)
  for (;;) {
    let at: number | undefined
    for (let s = 0; s < samples.length; s++) {
      const next = samples[s]![below[s]!]
      if (next !== undefined && (at === undefined || next < at)) at = next
    }
    if (at === undefined) return
    for (let s = 0; s < samples.length; s++) {
      const sample = samples[s]!
      let end = below[s]!
      while (end < sample.length && sample[end]! <= at) end++
      here[s] = end - below[s]!
    }
    visit(here, below)
    for (let s = 0; s < samples.length; s++) below[s] = below[s]! + here[s]!
  }
}
