import { type ColumnProfile, listsAll, type NumberProfile } from '@mlops-actions/profile'
import { histogram, valueText } from './distribution.ts'
import { clip } from './escape.ts'
import { counted, percent } from './number.ts'

/** How the values of a column are spread: bars in order, and the same in words. */
export interface ColumnShape {
  title: string
  detail: string
  bars: { label: string; share: number }[]
}

const mostCategories = 12

/** Numbers, dates and lengths of texts in cells of one width; categories by how often each occurs. */
export function columnShape(column: ColumnProfile, cells = 24): ColumnShape | undefined {
  const { name, count, categories } = column
  if (count === 0 || column.sensitive) return undefined
  if (categories === undefined) return spread(column, cells)
  const shown = categories.values.slice(0, mostCategories)
  if (shown.length === 0) return undefined
  const bars = shown.map((of) => ({ label: clip(of.value, 60), share: of.count / count }))
  const left = categories.values.length - shown.length + categories.folded.categories
  return {
    title: `${name}: shares of the most frequent values`,
    detail: bars.map(barText).join(', ') + (left > 0 ? `, and ${counted(left, 'other')}` : ''),
    bars,
  }
}

function spread(column: ColumnProfile, cells: number): ColumnShape | undefined {
  const { numbers, kind, name } = column
  if (numbers === undefined) return undefined
  const text = (value: number) => valueText(column, value)
  const { from, to, bars } = fewValues(column, text) ?? evenCells(numbers, cells, text)
  if (bars.length === 0) return undefined
  const [, , low, median, high] = numbers.quantiles.map(text)
  const beyond = 1 - bars.reduce((sum, { share }) => sum + share, 0)
  return {
    title: `${name}: ${kind === 'text' ? 'lengths in characters' : 'values'} from ${text(from)} to ${text(to)}`,
    detail: [
      `median ${median}, half of them from ${low} to ${high}`,
      ...(beyond > 1e-9 ? [`${percent(beyond)} lie beyond the drawing`] : []),
    ].join('; '),
    bars,
  }
}

type Bars = { from: number; to: number; bars: ColumnShape['bars'] }

/** A bar a value, where there are so few that each is known: flags, grades, counts of rooms. */
function fewValues({ numbers, count, sketch }: ColumnProfile, text: (value: number) => string): Bars | undefined {
  const known = sketch?.numbers !== undefined && listsAll(sketch) ? Array.from(sketch.numbers.values) : []
  if (known.length < 2 || known.length > mostCategories) return undefined
  const bars = known.map((value, i) => ({ label: text(value), share: sketch!.numbers!.counts[i]! / count }))
  return { from: numbers!.min, to: numbers!.max, bars }
}

function evenCells(numbers: NumberProfile, cells: number, text: (value: number) => string): Bars {
  const { from, to, shares } = histogram(numbers, cells)
  const width = (to - from) / shares.length
  const label = (i: number) => `${text(from + i * width)} to ${text(from + (i + 1) * width)}`
  return { from, to, bars: shares.map((share, i) => ({ label: shares.length === 1 ? text(from) : label(i), share })) }
}

/** A bar in words, e.g. `One year 20.9 %`. */
export function barText({ label, share }: ColumnShape['bars'][number]): string {
  return `${label} ${percent(share)}`
}
