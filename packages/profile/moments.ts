import { type Counted, countSorted } from './ranked.ts'

/**
 * Sum and spread of numbers, so that parts add up to the whole: the sum is kept to twice a double's digits (as hi + lo), so
 * mean and m2 agree to 1e-12 relative whatever the order and the chunks.
 */
export interface Moments {
  rows: number
  sum: [hi: number, lo: number]
  /** Sum of squared deviations from the mean. */
  m2: number
}

/** The moments of counted values. */
export function momentsOf(counted: Counted): Moments {
  const { values, counts } = counted
  const sum = new Sum()
  for (let i = 0; i < values.length; i++) sum.add(values[i]!, counts[i]!)
  if (!Number.isFinite(sum.hi)) return momentsOfHuge(counted, sum.rows)
  const squares = new Squares(sum)
  for (let i = 0; i < values.length; i++) squares.add(values[i]!, counts[i]!)
  return { rows: sum.rows, sum: sum.parts(), m2: squares.m2() }
}

/** What `momentsOf(countSorted(sorted))` is, and how many distinct values there are, without listing them. */
export function momentsOfSorted(sorted: Float64Array): { moments: Moments; distinct: number } {
  const sum = new Sum()
  const distinct = addRuns(sorted, sum)
  if (!Number.isFinite(sum.hi)) return { moments: momentsOfHuge(countSorted(sorted), sum.rows), distinct }
  const squares = new Squares(sum)
  addRuns(sorted, squares)
  return { moments: { rows: sum.rows, sum: sum.parts(), m2: squares.m2() }, distinct }
}

/** Adds each distinct value with its count; gives how many there are. */
function addRuns(sorted: Float64Array, to: Sum | Squares): number {
  let distinct = 0
  for (let from = 0; from < sorted.length; distinct++) {
    const value = sorted[from]!
    let end = from + 1
    while (end < sorted.length && sorted[end] === value) end++
    to.add(value, end - from)
    from = end
  }
  return distinct
}

/** A sum to twice a double's digits. */
class Sum {
  rows = 0
  hi = 0
  lo = 0

  add(x: number, count: number): void {
    const product = x * count
    const next = this.hi + product
    this.lo += Math.abs(this.hi) >= Math.abs(product) ? this.hi - next + product : product - next + this.hi
    if (count !== 1) this.lo += productError(x, count, product)
    this.hi = next
    this.rows += count
  }

  parts(): [hi: number, lo: number] {
    return twoSum(this.hi, this.lo)
  }
}

/** Squared deviations from a centre near the mean; what the centre is off by is taken out again. */
class Squares {
  readonly #centre: number
  #rows = 0
  #deviations = 0
  #squares = 0
  #lost = 0

  constructor({ rows, hi, lo }: Sum) {
    this.#centre = (hi + lo) / rows
  }

  add(x: number, count: number): void {
    const deviation = x - this.#centre
    this.#rows += count
    this.#deviations += deviation * count
    // Neumaier's compensated sum (ZAMM 54, 1974).
    const square = deviation * deviation * count
    const next = this.#squares + square
    this.#lost += this.#squares >= square ? this.#squares - next + square : square - next + this.#squares
    this.#squares = next
  }

  m2(): number {
    if (!Number.isFinite(this.#squares)) return Number.MAX_VALUE
    const rest = (this.#deviations * this.#deviations) / this.#rows
    const sum = this.#squares + this.#lost
    return Number.isFinite(rest) ? Math.max(0, sum - rest) : sum
  }
}

/** Sums beyond the largest double stay finite: their values are taken by their shares. */
function momentsOfHuge({ values, counts }: Counted, rows: number): Moments {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += values[i]! * (counts[i]! / rows)
  const sum = mean * rows
  const held = Number.isFinite(sum) ? sum : Math.sign(mean) * Number.MAX_VALUE
  return { rows, sum: [held, 0], m2: Number.MAX_VALUE }
}

/** The moments of both samples' rows together, as Chan, Golub and LeVeque add them (Updating formulae, 1979). */
export function addMoments(a: Moments, b: Moments): Moments {
  if (a.rows === 0) return b
  if (b.rows === 0) return a
  const rows = a.rows + b.rows
  const [hi, lo] = twoSum(a.sum[0], b.sum[0])
  const [meanA, restA] = meanParts(a)
  const [meanB, restB] = meanParts(b)
  const delta = meanB - meanA + (restB - restA)
  const m2 = a.m2 + b.m2 + delta * delta * (a.rows / rows) * b.rows
  const sum = Number.isFinite(hi)
    ? twoSum(hi, lo + a.sum[1] + b.sum[1])
    : ([Math.sign(hi) * Number.MAX_VALUE, 0] as const)
  return { rows, sum: [...sum], m2: Number.isFinite(m2) ? m2 : Number.MAX_VALUE }
}

export function meanOf(of: Moments): number {
  const [mean, rest] = meanParts(of)
  return mean + rest
}

/** The mean, and what the division leaves over. */
function meanParts({ rows, sum: [hi, lo] }: Moments): [number, number] {
  const mean = hi / rows
  const product = mean * rows
  const rest = (hi - product - productError(mean, rows, product) + lo) / rows
  return [mean, Number.isFinite(rest) ? rest : 0]
}

/** The rounded sum and what it lost (Knuth, TAOCP 2, 4.2.2). */
function twoSum(a: number, b: number): [number, number] {
  const sum = a + b
  const part = sum - a
  const lost = a - (sum - part) + (b - part)
  return [sum, Number.isFinite(lost) ? lost : 0]
}

/** What a rounded product lost (Dekker, Numerische Mathematik 18, 1971); 0 where that cannot be told. */
function productError(a: number, b: number, product: number): number {
  const splitA = a * 134217729
  const splitB = b * 134217729
  const highA = splitA - (splitA - a)
  const highB = splitB - (splitB - b)
  const lowA = a - highA
  const lowB = b - highB
  const lost = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB)
  return Number.isFinite(lost) ? lost : 0
}
