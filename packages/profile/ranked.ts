/** Ascending distinct values, and in how many rows each was seen. */
export interface Counted {
  values: ArrayLike<number>
  counts: ArrayLike<number>
}

/**
 * The empirical distribution function as far as it is known: ascending values, and how many rows each stands for. A rank is
 * off by at most `error` rows; 0 where every distinct value is listed, of which there are then at most 1000.
 */
export interface Distribution extends Counted {
  error: number
}

/** The ascending rows of a column: which value stands at a place, how many rows are below one. */
export interface Ranks {
  readonly rows: number
  /** The value in the row that stands at a place of the ascending rows, from 0. */
  at(place: number): number
  /** How many rows are below the limit, or at it. */
  below(limit: number, orAt: boolean): number
}

/** numpy's default (`linear`) quantile; there must be at least one row. */
export function quantileOf(of: Pick<Ranks, 'rows' | 'at'>, probability: number): number {
  const index = (of.rows - 1) * probability
  const low = Math.floor(index)
  const a = of.at(low)
  const b = of.at(Math.min(low + 1, of.rows - 1))
  const t = index - low
  const step = b - a
  if (!Number.isFinite(step)) return a * (1 - t) + b * t
  // As numpy rounds: from the nearer end.
  return t < 0.5 ? a + step * t : b - step * (1 - t)
}

/** How many of the ascending values are below the limit, or at it. */
function placeOf(values: ArrayLike<number>, limit: number, orAt: boolean): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const value = values[middle]!
    if (value < limit || (orAt && value === limit)) low = middle + 1
    else high = middle
  }
  return low
}

/** Ascending values, one for each row. */
export class SortedRows implements Ranks {
  readonly #values: Float64Array

  constructor(values: Float64Array) {
    this.#values = values
  }

  get rows(): number {
    return this.#values.length
  }

  at(place: number): number {
    return this.#values[place]!
  }

  below(limit: number, orAt: boolean): number {
    return placeOf(this.#values, limit, orAt)
  }
}

/** Counted values by rank. */
export class Ranked implements Ranks {
  readonly values: ArrayLike<number>
  /** Rows at or below each value. */
  readonly #ends: Float64Array

  constructor({ values, counts }: Counted) {
    this.values = values
    this.#ends = new Float64Array(values.length)
    let rows = 0
    for (let i = 0; i < values.length; i++) {
      rows += counts[i]!
      this.#ends[i] = rows
    }
  }

  get rows(): number {
    return this.#ends.at(-1) ?? 0
  }

  at(place: number): number {
    let low = 0
    let high = this.#ends.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#ends[middle]! > place) high = middle
      else low = middle + 1
    }
    return this.values[low]!
  }

  below(limit: number, orAt: boolean): number {
    const values = placeOf(this.values, limit, orAt)
    return values === 0 ? 0 : this.#ends[values - 1]!
  }

  /** numpy's default (`linear`) quantile; there must be at least one row. */
  quantile(probability: number): number {
    return quantileOf(this, probability)
  }
}

/** Ascending values, each once with its number. */
export function countSorted(sorted: Float64Array): { values: Float64Array; counts: Float64Array } {
  const values = new Float64Array(sorted.length)
  const counts = new Float64Array(sorted.length)
  let distinct = 0
  for (let i = 0, from = 0; i < sorted.length; i++) {
    if (i + 1 < sorted.length && sorted[i + 1] === sorted[i]) continue
    values[distinct] = sorted[i]!
    counts[distinct++] = i + 1 - from
    from = i + 1
  }
  return { values: values.subarray(0, distinct), counts: counts.subarray(0, distinct) }
}
