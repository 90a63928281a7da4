import type { ColumnProfile, NumberProfile, Profile } from '@mlops-actions/profile'
import { type Batch, type Column, timestampText } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import type { InputLayout } from './layout.ts'
import { isFloat } from './tensor.ts'

type Random = () => number

/**
 * Rows that look like a profile's data and are none of them: every column on its own, numbers uniform within a bin that is
 * chosen by its count, categories by their frequency, text as filler of a typical length, nulls as often as there were.
 */
export function drawBatch(layout: InputLayout[], profile: Profile, rows: number, seed: number): Batch {
  const random = mulberry32(seed)
  const columns = layout.flatMap(({ input, columns: names }) =>
    names.map((name) => {
      const known = profile.columns.find((column) => column.name === name)
      if (known === undefined) throw unknown(name)
      const nullable = isFloat(input.type) || input.type === 'string'
      const values = Array.from({ length: rows }, () => drawValue(known, nullable, random))
      return input.type === 'string' ? textColumn(name, values) : numberColumn(name, values, known)
    }),
  )
  return { start: 0, rows, columns, lines: new Uint32Array(0), source: 0 }
}

function drawValue(column: ColumnProfile, nullable: boolean, random: Random): number | string | null {
  const all = column.count + column.nulls
  if (nullable && random() * all < column.nulls) return null
  if (column.categories !== undefined) {
    const { values } = column.categories
    return values.length === 0
      ? null
      : values[
          pick(
            values.map(({ count }) => count),
            random,
          )
        ]!.value
  }
  if (column.numbers === undefined || column.count === 0) return null
  const number = drawNumber(column.numbers, column.type === 'integer' || column.kind !== 'numeric', random)
  if (column.kind === 'text') return 'x'.repeat(Math.min(number, 200))
  return column.kind === 'timestamp' ? timestampText(number) : number
}

function drawNumber({ bins, counts, min, max }: NumberProfile, whole: boolean, random: Random): number {
  const chosen = pick(counts, random)
  const point = bins.points[chosen]
  if (point !== undefined) return point
  const interval = chosen - bins.points.length
  const low = Math.max(min, bins.edges[interval - 1] ?? min)
  const high = Math.min(max, bins.edges[interval] ?? max)
  const value = low + (high - low) * random()
  return whole ? Math.floor(value) : Number(value.toPrecision(6))
}

/** An index, chosen by weight. */
function pick(weights: number[], random: Random): number {
  let left = random() * weights.reduce((a, b) => a + b, 0)
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i]!
    if (left < 0) return i
  }
  return Math.max(0, weights.length - 1)
}

function textColumn(name: string, values: (number | string | null)[]): Column {
  const dictionary = [...new Set(values.filter((value) => value !== null).map(String))]
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(String(value))))
  return { name, type: 'text', nulls: nullsOf(values), codes, dictionary }
}

/** Categories of a column of numbers or booleans are texts in its profile. */
function numberColumn(name: string, values: (number | string | null)[], known: ColumnProfile): Column {
  const numbers = values.map((value) => {
    if (typeof value !== 'string') return value
    if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true' ? 1 : 0
    return Number(value)
  })
  if (numbers.some((value) => Number.isNaN(value))) return textColumn(name, values)
  const type = known.type === 'integer' || known.type === 'boolean' ? known.type : 'number'
  return { name, type, nulls: nullsOf(values), values: Float64Array.from(numbers, (value) => value ?? 0) }
}

function nullsOf(values: unknown[]): Uint8Array {
  return Uint8Array.from(values, (value) => (value === null ? 1 : 0))
}

function unknown(name: string): UserError {
  return new UserError({
    code: 'GOLDEN_COLUMN_MISSING',
    message: `The model takes the column "${name}", which the reference profile does not have.`,
    where: { key: name },
    help: 'Profile the data that the model was trained on (mlops.yaml: data.train).',
  })
}

/** A small generator with 32 bits of state (public domain, T. Ettinger): the same rows from the same seed on every machine. */
function mulberry32(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
