import type { ColumnProfile, NumberProfile } from '@mlops-actions/profile'
import { number, percent } from './number.ts'

export interface Range {
  from: number
  to: number
}

/** The range that a drawing shows: all values, or the middle 98 % where the tails stretch it more than threefold. */
function drawnRange(of: NumberProfile): Range {
  const q01 = of.quantiles[0] ?? of.min
  const q99 = of.quantiles.at(-1) ?? of.max
  const tails = q99 > q01 && of.max - of.min > 3 * (q99 - q01)
  return tails ? { from: q01, to: q99 } : { from: of.min, to: of.max }
}

/**
 * Shares of equally wide cells from counts over uneven bins: a bin's count is spread evenly over its width, a point's
 * goes to its cell. What lies beyond the range is in no cell.
 */
export function histogram(of: NumberProfile, cells = 24, range = drawnRange(of)): Range & { shares: number[] } {
  const { points, edges } = of.bins
  const { from, to } = range
  const total = of.counts.reduce((a, b) => a + b, 0)
  if (total === 0 || !(to > from)) return { from, to, shares: total === 0 ? [] : [1] }
  const shares = new Array<number>(cells).fill(0)
  const cellOf = (value: number) => Math.floor(((value - from) / (to - from)) * cells)
  const add = (cell: number, share: number) => {
    if (cell >= 0 && cell < cells) shares[cell] = (shares[cell] ?? 0) + share
  }
  points.forEach((point, i) => {
    const share = (of.counts[i] ?? 0) / total
    if (point >= from && point <= to) add(Math.min(cells - 1, cellOf(point)), share)
  })
  const bounds = [Math.min(of.min, edges[0] ?? of.min), ...edges, Math.max(of.max, edges.at(-1) ?? of.max)]
  for (let i = 0; i + 1 < bounds.length; i++) {
    const low = bounds[i]!
    const high = bounds[i + 1]!
    const share = (of.counts[points.length + i] ?? 0) / total
    if (share === 0) continue
    if (high === low) {
      if (low >= from && low <= to) add(Math.min(cells - 1, cellOf(low)), share)
      continue
    }
    const width = (to - from) / cells
    for (let cell = 0; cell < cells; cell++) {
      const overlap = Math.min(high, from + (cell + 1) * width) - Math.max(low, from + cell * width)
      if (overlap > 0) add(cell, (share * overlap) / (high - low))
    }
  }
  return { from, to, shares }
}

/** What a column ranges over, in a few words: numbers from least to greatest, else the most frequent categories. */
export function rangeText(column: ColumnProfile): string {
  const { numbers, categories } = column
  if (numbers !== undefined) {
    const span = `${valueText(column, numbers.min)} to ${valueText(column, numbers.max)}`
    return column.kind === 'text' ? `${span} characters` : span
  }
  if (categories === undefined || column.count === 0) return ''
  const named = categories.values.slice(0, 3).map((c) => `${c.value} ${percent(c.count / column.count)}`)
  const more = categories.values.length - named.length + categories.folded.categories
  return named.join(', ') + (more > 0 ? `, ${number(more)} more` : '')
}

/** A value of a column as people read it: of timestamps the day, and the minute where all lie within a few days. */
export function valueText({ kind, numbers }: ColumnProfile, value: number): string {
  if (kind !== 'timestamp' || numbers === undefined) return number(value)
  const date = new Date(value)
  if (Number.isNaN(date.getTime())) return number(value)
  const iso = date.toISOString()
  return numbers.max - numbers.min < 3 * 86_400_000 ? `${iso.slice(0, 10)} ${iso.slice(11, 16)}` : iso.slice(0, 10)
}
