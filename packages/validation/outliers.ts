import type { ColumnSchema } from '@mlops-actions/table'
import * as z from 'zod'
import { number } from './bounds.ts'
import { shown } from './cell.ts'
import { type Context, columnOf, type Definition, define, type Judge, NotJudgeable } from './definition.ts'
import { KeptNumbers } from './kept-numbers.ts'
import { placeOf } from './place.ts'
import { quantileBy } from './quantiles.ts'
import { eachRecord } from './record.ts'
import { type Counts, listed, mostlyText, rowWiseFinding, rowWiseKwargs } from './row-wise.ts'

/** Judges each number by what all of them are; they stay in memory, with their places. */
function byAll(
  { column: name, mostly }: { column: string; mostly?: number | undefined },
  context: Context,
  test: (all: Float64Array) => (value: number) => boolean,
): Judge {
  const column = columnOf(name, context)
  requireNumbers(column)
  const values = new KeptNumbers()
  const places = new KeptNumbers()
  const counts: Counts = { elements: 0, missing: 0, unexpected: 0, values: [], places: [] }
  return {
    columns: [name],
    see(found, batch) {
      counts.elements += batch.rows
      eachRecord(found, batch, [column], 'any', {
        missing: () => counts.missing++,
        row([cell], row) {
          values.add(Number(cell))
          places.add(placeOf(batch, row))
        },
      })
    },
    conclude() {
      const all = values.all()
      const held = test(all)
      for (const [i, value] of all.entries()) {
        if (held(value)) continue
        counts.unexpected++
        if (counts.values.length === listed) continue
        counts.values.push(shown(value, column.type))
        counts.places.push(places.all()[i]!)
      }
      return rowWiseFinding(counts, mostly)
    },
  }
}

function requireNumbers({ name, type }: ColumnSchema): void {
  if (type === 'text' || type === 'timestamp')
    throw new NotJudgeable(`"${name}" holds ${type === 'text' ? 'texts' : 'dates'}: they have no mean`)
}

/** Mean and sample standard deviation (n - 1), in two passes; the deviation of fewer than two numbers is NaN. */
function spread(all: Float64Array): { mean: number; deviation: number } {
  let sum = 0
  for (const value of all) sum += value
  const mean = sum / all.length
  let squares = 0
  for (const value of all) squares += (value - mean) ** 2
  return { mean, deviation: all.length < 2 ? Number.NaN : Math.sqrt(squares / (all.length - 1)) }
}

export const outlierDefinitions: Record<string, Definition> = {
  expect_column_value_z_scores_to_be_less_than: define({
    schema: z.strictObject({ ...rowWiseKwargs, threshold: number, double_sided: z.boolean() }),
    says: ({ threshold, double_sided, mostly }) =>
      `has ${double_sided ? 'absolute ' : ''}z-scores below ${threshold}${mostlyText(mostly)}`,
    open: ({ threshold, double_sided, ...of }, context) =>
      byAll(of, context, (all) => {
        const { mean, deviation } = spread(all)
        return (value) => {
          const score = (value - mean) / deviation
          // Of values that do not vary no score is defined, and none is too far from the others.
          if (Number.isNaN(score) || deviation === 0) return true
          return double_sided ? Math.abs(score) < Math.abs(threshold) : score < threshold
        }
      }),
  }),
  expect_column_values_to_not_be_outliers: define({
    schema: z.strictObject({
      ...rowWiseKwargs,
      method: z.enum(['iqr', 'std']).nullish(),
      multiplier: z.number().min(0).nullish(),
    }),
    says: ({ method, multiplier, mostly }) =>
      `is within ${multiplier ?? 1.5} ${method === 'std' ? 'standard deviations of the mean' : 'interquartile ranges of the quartiles'}${mostlyText(mostly)}`,
    open: ({ method, multiplier, ...of }, context) =>
      byAll(of, context, (all) => {
        const times = multiplier ?? 1.5
        if (all.length === 0) return () => true
        if (method === 'std') {
          const { mean, deviation } = spread(all)
          if (Number.isNaN(deviation)) return () => true
          const limit = times * deviation
          return limit <= 0 ? (value) => value === mean : (value) => Math.abs(value - mean) < limit
        }
        const sorted = all.slice().sort()
        const [low, high] = [quantileBy('linear', sorted, 0.25), quantileBy('linear', sorted, 0.75)]
        const limit = times * (high - low)
        return (value) => value >= low - limit && value <= high + limit
      }),
  }),
}
