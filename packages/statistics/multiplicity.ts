/**
 * Adjusted p-values of a family of tests, in the order given: what is compared with alpha instead of the p-values
 * themselves. Without tests there is nothing to adjust. RangeError for what is no p-value.
 */

/**
 * Bonferroni's adjusted p-values (O. J. Dunn, Journal of the American Statistical Association 56, 1961): p times the number
 * of tests. They keep the chance of any false alarm in the family within alpha, whatever the dependence between the
 * tests; `holm` does the same and never calls less.
 */
export function bonferroni(p: readonly number[]): number[] {
  return p.map((one) => Math.min(1, checked(one) * p.length))
}

/**
 * Holm's adjusted p-values (S. Holm, Scandinavian Journal of Statistics 6, 1979): comparing each with alpha keeps the chance
 * of any false alarm in the family within alpha, whatever the dependence between the tests.
 */
export function holm(p: readonly number[]): number[] {
  let largest = 0
  return inOrder(p, ascending(p), (one, rank) => {
    largest = Math.max(largest, Math.min(1, one * (p.length - rank)))
    return largest
  })
}

/**
 * Benjamini and Hochberg's adjusted p-values (Journal of the Royal Statistical Society B 57, 1995), scipy's
 * `false_discovery_control(method='bh')`: comparing each with alpha keeps the expected share of false alarms among the
 * alarms within alpha, where the tests are independent or positively dependent.
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  return falseDiscovery(p, 1)
}

/**
 * Benjamini and Yekutieli's adjusted p-values (Annals of Statistics 29, 2001), scipy's
 * `false_discovery_control(method='by')`: as `benjaminiHochberg`, whatever the dependence between the tests.
 */
export function benjaminiYekutieli(p: readonly number[]): number[] {
  return falseDiscovery(
    p,
    p.reduce((sum, _, i) => sum + 1 / (i + 1), 0),
  )
}

/** p m / rank times the price of the dependence, its smallest value from the largest p-value down. */
function falseDiscovery(p: readonly number[], price: number): number[] {
  let smallest = 1
  return inOrder(p, ascending(p).reverse(), (one, rank) => {
    smallest = Math.min(smallest, (one * p.length * price) / (p.length - rank))
    return smallest
  })
}

function ascending(p: readonly number[]): number[] {
  return p.map((_, i) => i).sort((i, j) => p[i]! - p[j]!)
}

/** What `adjust` makes of the p-values met in this order, each at the place where its p-value stood. */
function inOrder(p: readonly number[], order: number[], adjust: (one: number, rank: number) => number): number[] {
  const adjusted = new Array<number>(p.length)
  order.forEach((index, rank) => {
    adjusted[index] = adjust(checked(p[index]!), rank)
  })
  return adjusted
}

function checked(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${p} is not a p-value`)
  return p
}
