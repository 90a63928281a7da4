/**
 * Holm's adjusted p-values (S. Holm, Scandinavian Journal of Statistics 6, 1979), in the order given: comparing each
 * with alpha keeps the chance of any false alarm in the family within alpha, whatever the dependence between the tests.
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((i, j) => p[i]! - p[j]!)
  const adjusted = new Array<number>(p.length)
  let largest = 0
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, p[index]! * (p.length - rank)))
    adjusted[index] = largest
  })
  return adjusted
}
