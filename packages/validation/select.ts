/**
 * The value that would stand at `place` if the values were sorted; afterwards those before it are at most as large, those
 * behind it at least. Hoare's quickselect ("Algorithm 65: Find", 1961) with the median of three, in linear time on average.
 * @param values at least one, without NaN
 */
export function select(values: Float64Array, place: number): number {
  let left = 0
  let right = values.length - 1
  while (left < right) {
    const pivot = medianOf(values[left]!, values[(left + right) >> 1]!, values[right]!)
    let i = left
    let j = right
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i > j) break
      const swapped = values[i]!
      values[i++] = values[j]!
      values[j--] = swapped
    }
    if (place <= j) right = j
    else if (place >= i) left = i
    else break
  }
  return values[place]!
}

function medianOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
