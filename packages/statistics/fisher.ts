import { binomialLogPmf } from './binomial.ts'

export interface FisherTest {
  /** The sample's odds ratio a d / (b c); Infinity where only b or c is 0, null where a row or a column holds nothing. */
  oddsRatio: number | null
  p: number
}

/** Probabilities this near each other, relatively, are a tie: well above the rounding of their computation. */
const TIE = 1e-11

/**
 * Fisher's exact test of the table [[a, b], [c, d]], two-sided: the chance, given the margins, of a table no likelier
 * than this one, as scipy's `fisher_exact`. The hypergeometric probabilities are products of Loader's binomial ones and
 * the tails are summed by their ratios, so that tables of millions cost no more than their standard deviation. A row or
 * a column that holds nothing leaves nothing to tell apart: p 1. RangeError unless the counts are whole and at least 0.
 */
export function fisherExact(table: readonly [readonly [number, number], readonly [number, number]]): FisherTest {
  const [[a, b], [c, d]] = table
  for (const count of [a, b, c, d]) {
    if (!(Number.isSafeInteger(count) && count >= 0))
      throw new RangeError(`A count is whole and at least 0, not ${count}`)
  }
  const margins = { row: a + b, otherRow: c + d, column: a + c }
  if (margins.row === 0 || margins.otherRow === 0 || margins.column === 0 || b + d === 0)
    return { oddsRatio: null, p: 1 }
  const oddsRatio = (a * d) / (b * c)
  return { oddsRatio, p: Math.min(1, twoSided(a, margins)) }
}

interface Margins {
  row: number
  otherRow: number
  column: number
}

function twoSided(observed: number, margins: Margins): number {
  const { row, otherRow, column } = margins
  const smallest = Math.max(0, column - otherRow)
  const largest = Math.min(column, row)
  const mode = Math.floor(((column + 1) * (row + 1)) / (row + otherRow + 2))
  const limit = logPmf(observed, margins) + TIE
  if (logPmf(mode, margins) <= limit) return 1
  const below = observed < mode
  const own = below ? tail(observed, smallest, margins) : tail(observed, largest, margins)
  // On the other side of the mode the probabilities fall outwards: bisection finds the first one within the limit.
  let near = mode
  let far = below ? largest + 1 : smallest - 1
  while (Math.abs(far - near) > 1) {
    const middle = Math.trunc((near + far) / 2)
    if (logPmf(middle, margins) <= limit) far = middle
    else near = middle
  }
  return (
    own +
    (below ? (far > largest ? 0 : tail(far, largest, margins)) : far < smallest ? 0 : tail(far, smallest, margins))
  )
}

/** The sum of the probabilities from `from` to `end`, outwards of the mode. */
function tail(from: number, end: number, margins: Margins): number {
  const { row, otherRow, column } = margins
  let term = 1
  let sum = 1
  if (end < from) {
    for (let x = from; x > end && term > sum * 1e-17; x--) {
      term *= (x * (otherRow - column + x)) / ((row - x + 1) * (column - x + 1))
      sum += term
    }
  } else {
    for (let x = from; x < end && term > sum * 1e-17; x++) {
      term *= ((row - x) * (column - x)) / ((x + 1) * (otherRow - column + x + 1))
      sum += term
    }
  }
  return Math.exp(logPmf(from, margins)) * sum
}

/** log of the hypergeometric probability that the first row holds x of the first column. */
function logPmf(x: number, { row, otherRow, column }: Margins): number {
  const total = row + otherRow
  const p = column / total
  const q = (total - column) / total
  return binomialLogPmf(x, row, p, q) + binomialLogPmf(column - x, otherRow, p, q) - binomialLogPmf(column, total, p, q)
}
