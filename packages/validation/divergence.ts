import type { Json } from '@mlops-actions/verdict'
import * as z from 'zod'
import { number } from './bounds.ts'
import { type Cell, keyOf, shown } from './cell.ts'
import {
  type Context,
  columnOf,
  type Definition,
  define,
  type Finding,
  type Judge,
  NotJudgeable,
} from './definition.ts'
import { eachCell } from './each-cell.ts'
import { rowWiseKwargs } from './row-wise.ts'

const share = z.number('expected a number from 0 to 1').min(0).max(1)
const weights = z.array(z.number().min(0))
const sumsToOne = (of: number[]) => Math.abs(of.reduce((a, b) => a + b, 0) - 1) < 1e-6
const categorical = z
  .strictObject({ values: z.array(z.union([z.string(), z.number(), z.boolean()])), weights })
  .refine((of) => of.values.length === of.weights.length, 'values and weights are of two lengths')
  .refine((of) => sumsToOne(of.weights), 'the weights do not add up to 1')
const continuous = z
  .strictObject({ bins: z.array(number).min(2), weights, tail_weights: z.tuple([z.number(), z.number()]).optional() })
  .refine((of) => of.bins.length === of.weights.length + 1, 'there must be one more of bins than of weights')
  .refine((of) => of.bins.every((bin, i) => i === 0 || bin > of.bins[i - 1]!), 'the bins do not increase')
  .refine((of) => sumsToOne([...of.weights, ...(of.tail_weights ?? [])]), 'the weights do not add up to 1')

interface Shares {
  observed: number[]
  expected: number[]
}

/**
 * Kullback-Leibler divergence in nats, both sides scaled to add up to 1 (scipy.stats.entropy(observed, expected));
 * infinite where something was seen that was not expected.
 */
export function divergence({ observed, expected }: Shares): number {
  const scaled = (of: number[]) => {
    const total = of.reduce((a, b) => a + b, 0)
    return of.map((value) => value / total)
  }
  const [p, q] = [scaled(observed), scaled(expected)]
  return p.reduce((sum, share, i) => {
    if (share === 0) return sum
    return q[i] === 0 ? Number.POSITIVE_INFINITY : sum + share * Math.log(share / q[i]!)
  }, 0)
}

function finding(of: Shares, threshold: number | null | undefined, partition: Json): Finding {
  const value = divergence(of)
  const success = (threshold ?? null) === null || value <= threshold!
  const observed = Number.isNaN(value) ? 'not defined' : value === Infinity ? 'infinite' : value.toPrecision(4)
  return {
    success,
    observed,
    evidence: {
      observed_value: Number.isFinite(value) ? value : null,
      expected_weights: of.expected,
      ...(partition as object),
    },
  }
}

const schema = z.strictObject({
  column: rowWiseKwargs.column,
  partition_object: z.union([categorical, continuous], 'expected {values, weights} or {bins, weights}').nullable(),
  threshold: z.number('expected a number').min(0).nullish(),
  tail_weight_holdout: share.optional(),
  internal_weight_holdout: share.optional(),
  bucketize_data: z.boolean().nullish(),
})
type Kwargs = z.output<typeof schema>

export const divergenceDefinitions: Record<string, Definition> = {
  expect_column_kl_divergence_to_be_less_than: define({
    schema,
    says: ({ threshold }) => `has a Kullback-Leibler divergence of at most ${threshold ?? 'anything'} nats`,
    open(kwargs, context) {
      const column = columnOf(kwargs.column, context)
      const { partition_object: partition } = kwargs
      if (partition === null) return ofItself(kwargs, column)
      if (kwargs.tail_weight_holdout && 'tail_weights' in partition && partition.tail_weights !== undefined)
        throw new NotJudgeable('tail_weight_holdout must be 0 where the partition has tail_weights')
      return 'values' in partition ? byValue(kwargs, partition, column, context) : byBin(kwargs, partition, column)
    },
  }),
}

type Column = ReturnType<typeof columnOf>

/** Without a partition the column is compared with itself, which tells nothing but that it has values. */
function ofItself(kwargs: Kwargs, column: Column): Judge {
  if (kwargs.bucketize_data !== false) requireNumbers(column)
  return eachCell(
    column,
    () => {},
    () => ({ success: true, observed: '0: there is no partition to compare with', evidence: { observed_value: 0 } }),
  )
}

function byValue(
  kwargs: Kwargs,
  partition: z.output<typeof categorical>,
  column: Column,
  { kept }: Pick<Context, 'kept'>,
): Judge {
  if (kwargs.internal_weight_holdout) throw new NotJudgeable('internal_weight_holdout cannot be used with values')
  const counts = new Map<Cell, number>()
  const keep = kept.open()
  let total = 0
  return eachCell(
    column,
    (cell) => {
      const key = keyOf(cell)
      if (!counts.has(key)) keep()
      counts.set(key, (counts.get(key) ?? 0) + 1)
      total++
    },
    () => {
      const keys = partition.values.map((value) => keyOf(value))
      const others = [...counts.keys()].filter((key) => !keys.includes(key))
      const holdout = kwargs.tail_weight_holdout ?? 0
      const scale = others.length > 0 ? 1 - holdout : 1
      const expected = [...partition.weights.map((w) => w * scale), ...others.map(() => holdout / others.length)]
      const observed = [...keys, ...others].map((key) => (counts.get(key) ?? 0) / total)
      return finding({ observed, expected }, kwargs.threshold, {
        observed_weights: observed,
        partial_unexpected_list: others.slice(0, 20).map((key) => shown(key, column.type)),
      })
    },
  )
}

function byBin(kwargs: Kwargs, partition: z.output<typeof continuous>, column: Column): Judge {
  if (kwargs.bucketize_data === false) throw new NotJudgeable('bins cannot be used where bucketize_data is false')
  requireNumbers(column)
  const { bins, tail_weights: tails } = partition
  const openLeft = bins[0] === Number.NEGATIVE_INFINITY
  const openRight = bins.at(-1) === Number.POSITIVE_INFINITY
  const tailHoldout = kwargs.tail_weight_holdout ?? 0
  const innerHoldout = kwargs.internal_weight_holdout ?? 0
  if (openLeft && openRight && tailHoldout > 0)
    throw new NotJudgeable('tail_weight_holdout cannot be used where both ends of the bins are infinite')
  if ((openLeft || openRight) && tails !== undefined)
    throw new NotJudgeable('tail_weights cannot be used where an end of the bins is infinite')
  const counts = bins.slice(1).map(() => 0)
  let [below, above, total] = [0, 0, 0]
  return eachCell(
    column,
    (cell) => {
      const value = Number(cell)
      total++
      if (value < bins[0]!) below++
      else if (value > bins.at(-1)!) above++
      else counts[binOf(value, bins)]!++
    },
    () => {
      const scale = 1 - tailHoldout - innerHoldout
      const zeros = partition.weights.filter((w) => w * scale === 0).length
      const inner = partition.weights.map((w) =>
        innerHoldout > 0 && w * scale === 0 ? innerHoldout / zeros : w * scale,
      )
      const tail = openLeft !== openRight ? tailHoldout : tailHoldout / 2
      const left = openLeft ? [] : [tails?.[0] ?? tail]
      const right = openRight ? [] : [tails?.[1] ?? tail]
      const expected = [...left, ...inner, ...right]
      const seen = [...(openLeft ? [] : [below]), ...counts, ...(openRight ? [] : [above])]
      const observed = seen.map((count) => count / total)
      return finding({ observed, expected }, kwargs.threshold, { observed_weights: observed })
    },
  )
}

function requireNumbers({ name, type }: Column): void {
  if (type === 'text' || type === 'timestamp')
    throw new NotJudgeable(`"${name}" holds ${type === 'text' ? 'texts' : 'dates'}: it has no bins`)
}

/** numpy's histogram: bins closed on the left, the last on both sides. */
function binOf(value: number, bins: number[]): number {
  let low = 0
  let high = bins.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (bins[middle]! <= value) low = middle
    else high = middle - 1
  }
  return low
}
