import type { ColumnProfile, NumberProfile } from '@mlops-actions/profile'
import { number, percent } from './number.ts'

/**
 * Shares of equally wide cells from counts over uneven bins: a bin's count is spread evenly over its width, a point's
 * goes to its cell. Where the tails stretch the range more than threefold, the range is that of the middle 98 %.
 */
export function histogram(of: NumberProfile, cells = 24): { from: number; to: number; shares: number[] } {
  const { points, edges } = of.bins
  const q01 = of.quantiles[0] ?? of.min
  const q99 = of.quantiles.at(-1) ?? of.max
  const tails = q99 > q01 && of.max - of.min > 3 * (q99 - q01)
  const from = tails ? q01 : of.min
  const to = tails ? q99 : of.max
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

/** How often each bin or category was seen on the two sides. */
export interface Change {
  label: string
  reference: number
  current: number
}

/** The shares of two profiles of one column, where both were counted in the same bins or as categories. */
export function changesOf(reference: ColumnProfile | undefined, current: ColumnProfile | undefined): Change[] {
  if (reference === undefined || current === undefined || reference.count === 0 || current.count === 0) return []
  if (reference.categories !== undefined && current.categories !== undefined) {
    const counts = (of: NonNullable<ColumnProfile['categories']>) => new Map(of.values.map((c) => [c.value, c.count]))
    const before = counts(reference.categories)
    const after = counts(current.categories)
    return [...new Set([...before.keys(), ...after.keys()])].map((label) => ({
      label,
      reference: (before.get(label) ?? 0) / reference.count,
      current: (after.get(label) ?? 0) / current.count,
    }))
  }
  if (reference.numbers === undefined || current.numbers === undefined) return []
  const { bins } = reference.numbers
  if (JSON.stringify(bins) !== JSON.stringify(current.numbers.bins)) return []
  const { points, edges } = bins
  const before = reference.numbers.counts
  const after = current.numbers.counts
  const share = (counts: number[], i: number, of: ColumnProfile) => (counts[i] ?? 0) / of.count
  const places = [
    ...points.map((point) => ({ order: point, label: number(point) })),
    ...Array.from({ length: edges.length + 1 }, (_, i) => ({
      order: i === 0 ? -Infinity : edges[i - 1]!,
      label: intervalLabel(edges[i - 1], edges[i]),
    })),
  ]
  return places
    .map((place, i) => ({
      ...place,
      reference: share(before, i, reference),
      current: share(after, i, current),
    }))
    .filter((place) => place.reference > 0 || place.current > 0)
    .sort((a, b) => a.order - b.order)
    .map(({ label, reference: r, current: c }) => ({ label, reference: r, current: c }))
}

function intervalLabel(low: number | undefined, high: number | undefined): string {
  if (low === undefined && high === undefined) return 'all other values'
  if (low === undefined) return `below ${number(high!)}`
  if (high === undefined) return `${number(low)} and above`
  return `${number(low)} to ${number(high)}`
}
