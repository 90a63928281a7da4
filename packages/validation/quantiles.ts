import * as z from 'zod'
import { number } from './bounds.ts'
import { shown } from './cell.ts'
import { columnOf, type Definition, define, NotJudgeable } from './definition.ts'
import { eachCell } from './each-cell.ts'
import { KeptNumbers } from './kept-numbers.ts'
import { rowWiseKwargs } from './row-wise.ts'

const methods = ['linear', 'lower', 'higher', 'midpoint', 'nearest'] as const
type Method = (typeof methods)[number]

/**
 * A quantile of ascending numbers, of which there must be one, by one of numpy's methods. `nearest` rounds the place to
 * the even of two that are equally near, as numpy does.
 */
export function quantileBy(method: Method, sorted: Float64Array, probability: number): number {
  const place = (sorted.length - 1) * probability
  const low = Math.floor(place)
  const high = Math.ceil(place)
  const part = place - low
  const [a, b] = [sorted[low]!, sorted[high]!]
  switch (method) {
    case 'lower':
      return a
    case 'higher':
      return b
    case 'nearest':
      return part < 0.5 || (part === 0.5 && low % 2 === 0) ? a : b
    case 'midpoint':
      return low === high ? a : (a + b) / 2
    case 'linear':
      // From the nearer end, as numpy rounds.
      return part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part)
  }
}

const range = z.tuple([number.nullable(), number.nullable()], 'expected [lowest, highest], with null for an open side')

export const quantileDefinitions: Record<string, Definition> = {
  expect_column_quantile_values_to_be_between: define({
    schema: z.strictObject({
      column: rowWiseKwargs.column,
      quantile_ranges: z
        .strictObject({ quantiles: z.array(z.number().min(0).max(1)), value_ranges: z.array(range) })
        .refine(
          (of) => of.quantiles.length === of.value_ranges.length,
          'quantiles and value_ranges are of two lengths',
        ),
      allow_relative_error: z.union([z.literal(false), z.enum(methods)]).nullish(),
    }),
    says: ({ quantile_ranges: of }) =>
      `has the quantiles ${of.quantiles.map((q, i) => `${q} in [${of.value_ranges[i]!.map((v) => v ?? '…').join(', ')}]`).join(', ')}`,
    open({ column: name, quantile_ranges: of, allow_relative_error: error }, context) {
      const column = columnOf(name, context)
      if (column.type === 'text' || column.type === 'timestamp')
        throw new NotJudgeable(`"${name}" holds ${column.type === 'text' ? 'texts' : 'dates'}: it has no quantiles`)
      const method = typeof error === 'string' ? error : 'nearest'
      const kept = new KeptNumbers()
      return eachCell(
        column,
        (cell) => kept.add(Number(cell)),
        () => {
          const sorted = kept.sorted()
          if (sorted.length === 0) {
            const values = of.quantiles.map(() => null)
            const evidence = { observed_value: { quantiles: of.quantiles, values } }
            return { success: false, observed: 'not defined', evidence }
          }
          const values = of.quantiles.map((q) => quantileBy(method, sorted, q))
          const held = values.map((value, i) => {
            const [low, high] = of.value_ranges[i]!
            return (low === null || value >= low) && (high === null || value <= high)
          })
          return {
            success: held.every((one) => one),
            observed: values.map((value) => +value.toPrecision(6)).join(', '),
            evidence: {
              observed_value: { quantiles: of.quantiles, values: values.map((value) => shown(value, 'number')) },
              success_details: held,
            },
          }
        },
      )
    },
  }),
}
