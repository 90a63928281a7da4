import { correlationRatio, fewestInClass, lambda, pearson, separation, spearman } from '@mlops-actions/statistics'
import type { ColumnSchema } from '@mlops-actions/table'
import type { Json } from '@mlops-actions/verdict'
import * as z from 'zod'
import { columnOf, type Definition, define, type Finding, NotJudgeable } from './definition.ts'
import { RowSample } from './row-sample.ts'
import { listed } from './row-wise.ts'
import { except, exceptText } from './times.ts'

/** So many whole numbers, or texts, can be classes. */
const mostClasses = { number: 20, text: 100 }

/**
 * From where on a feature nearly tells the label (warned) and tells it (failed). Above what honest features reach on real
 * tables: 0.982 of `separation` (iris, petal length), 0.978 of `r_squared` (air time by distance), 0.78 of `lambda`; a column
 * filled after the outcome, or recoded by hand, has a few rows that differ.
 */
const floors = {
  equal: { warned: 1, failed: 1 },
  lambda: { warned: 0.95, failed: 0.99 },
  lambda_of_nulls: { warned: 0.95, failed: 0.99 },
  separation: { warned: 0.99, failed: 0.999 },
  r_squared: { warned: 0.99, failed: 0.999 },
  rank_r_squared: { warned: 0.99, failed: 0.999 },
  correlation_ratio: { warned: 0.99, failed: 0.999 },
}
type Statistic = keyof typeof floors

/** What of a feature tells. */
const by: Record<Statistic, string> = {
  equal: 'equal',
  lambda: 'its values',
  lambda_of_nulls: 'where it is empty',
  separation: 'its order',
  r_squared: 'its size',
  rank_r_squared: 'its order',
  correlation_ratio: 'its values',
}

/** How much one feature tells, by the statistic that tells most. */
interface Told {
  column: string
  statistic: Statistic
  value: number
  /** Rows in which label and feature have a value. */
  rows: number
}

const level = ({ statistic, value }: Told) =>
  value >= floors[statistic].failed ? 2 : value >= floors[statistic].warned ? 1 : 0
const strongestFirst = (a: Told, b: Told) => level(b) - level(a) || b.value - a.value

/** The label of the rows that have one. */
type Label = { rows: Uint32Array; numbers: Float64Array } & ({ classes: Int32Array } | { classes?: undefined })

/** Codes from 0 in the order in which values were first seen; all NaN are one. */
function coded(values: Float64Array): Int32Array {
  const codes = new Map<number, number>()
  return Int32Array.from(values, (value) => {
    const code = codes.get(value) ?? codes.size
    codes.set(value, code)
    return code
  })
}

/** The label as classes or as numbers; a text says why neither can be judged. */
function labelOf({ name, type }: ColumnSchema, sample: RowSample): Label | string {
  const all = sample.of(name)
  const rows = Uint32Array.from(all.keys()).filter((row) => !Number.isNaN(all[row]!))
  const numbers = Float64Array.from(rows, (row) => all[row]!)
  const distinct = new Set(numbers)
  if (distinct.size === 0) return `${name} has no values.`
  if (distinct.size === 1) return `${name} has the same value in all rows, so that there is nothing to tell.`
  const isText = type === 'text'
  if (isText && distinct.size > mostClasses.text)
    return `${name} holds ${distinct.size} different texts: neither classes nor numbers.`
  const areClasses =
    isText ||
    type === 'boolean' ||
    distinct.size === 2 ||
    (distinct.size <= mostClasses.number && [...distinct].every(Number.isInteger))
  if (!areClasses) return numbers.length < fewestInClass ? tooFew(name) : { rows, numbers }
  const classes = coded(numbers)
  const sizes = new Map<number, number>()
  for (const of of classes) sizes.set(of, (sizes.get(of) ?? 0) + 1)
  return [...sizes.values()].filter((size) => size >= fewestInClass).length < 2
    ? tooFew(name)
    : { rows, numbers, classes }
}

const tooFew = (name: string) =>
  `${name} has fewer than two classes, or numbers, of ${fewestInClass} rows each: too few to tell a leak from chance.`

/** Everything that a feature tells of the label, strongest first. */
function toldBy(feature: ColumnSchema, sample: RowSample, label: Label): Told[] {
  const all = sample.of(feature.name)
  const values = Float64Array.from(label.rows, (row) => all[row]!)
  const has = Uint32Array.from(values.keys()).filter((i) => !Number.isNaN(values[i]!))
  const [own, theirs] = [values, label.numbers].map((of) => Float64Array.from(has, (i) => of[i]!)) as [
    Float64Array,
    Float64Array,
  ]
  const ordered = feature.type !== 'text' && has.length >= fewestInClass
  const square = (r: number | undefined) => (r === undefined ? undefined : r * r)
  const figures: Partial<Record<Statistic, number | undefined>> = {
    equal: has.length === values.length && own.every((value, i) => value === theirs[i]) ? 1 : undefined,
    ...(label.classes === undefined
      ? {
          correlation_ratio: correlationRatio(coded(values), label.numbers),
          ...(ordered
            ? { r_squared: square(pearson(own, theirs)), rank_r_squared: square(spearman(own, theirs)) }
            : {}),
        }
      : {
          lambda_of_nulls: lambda(
            Int32Array.from(values, (value) => Number(Number.isNaN(value))),
            label.classes,
          ),
          lambda: lambda(coded(values), label.classes),
          ...(ordered ? { separation: separation(values, label.classes) } : {}),
        }),
  }
  return (Object.keys(figures) as Statistic[])
    .flatMap((statistic) => {
      const value = figures[statistic]
      return value === undefined ? [] : [{ column: feature.name, statistic, value, rows: has.length }]
    })
    .sort(strongestFirst)
}

function findingOf(label: ColumnSchema, features: ColumnSchema[], sample: RowSample): Finding {
  const of = labelOf(label, sample)
  if (typeof of === 'string') return { success: false, observed: 'nothing to judge', evidence: {}, detail: of }
  const told = features.flatMap((feature) => toldBy(feature, sample, of).slice(0, 1)).sort(strongestFirst)
  const alarming = told.filter((one) => level(one) > 0)
  const worst = alarming[0]
  const said = [
    ...(worst === undefined
      ? []
      : [
          `Told by ${alarming.slice(0, 5).map(toldText).join(', ')}${alarming.length > 5 ? ` and ${alarming.length - 5} more` : ''}.`,
          `What is known only with the outcome teaches a model nothing; name honest columns in "except".`,
        ]),
    ...(sample.share < 1 ? [`Looked at ${of.rows.length} rows, chosen by their numbers.`] : []),
  ]
  return {
    success: worst === undefined,
    observed:
      worst === undefined
        ? `none of ${features.length} columns`
        : `${alarming.length} of ${features.length} columns, first ${worst.column}`,
    ...(worst !== undefined && level(worst) < 2 ? { severity: 'warned' } : {}),
    evidence: {
      element_count: of.rows.length,
      label_as: of.classes === undefined ? 'numbers' : 'classes',
      unexpected_count: alarming.length,
      features: told.slice(0, listed).map((one): Json => ({ ...one, ...floors[one.statistic] })),
      ...(sample.share < 1 ? { sampled_share: sample.share } : {}),
    },
    ...(said.length === 0 ? {} : { detail: said.join(' ') }),
  }
}

function toldText({ column, statistic, value }: Told): string {
  return `${column} (${by[statistic]}${statistic === 'equal' ? '' : `, ${statistic} ${value.toFixed(4)}`})`
}

/** No column but the label tells the label: that would be known only with the outcome. */
const notTelling = define({
  schema: z.strictObject({ label: z.string('expected the name of a column'), except }),
  needsValues: false,
  says: ({ label, except: left }) => `has no column that tells ${label}${exceptText(left)}`,
  open({ label: name, except: left = [] }, context) {
    const label = columnOf(name, context)
    if (label.type === 'timestamp') throw new NotJudgeable(`"${name}" holds dates: neither classes nor numbers`)
    for (const of of left) columnOf(of, context)
    const features = context.table.schema.filter((of) => of.name !== name && !left.includes(of.name))
    if (features.length === 0) throw new NotJudgeable(`The data have no column besides "${name}"`)
    const sample = new RowSample([label, ...features], context.table.rows)
    return {
      columns: [label, ...features].map((of) => of.name),
      see: (columns, batch) => sample.see(columns, batch),
      conclude: () => findingOf(label, features, sample),
    }
  },
})

/** Our own expectation over a label and all other columns. */
export const labelDefinitions: Record<string, Definition> = { expect_columns_to_not_tell_label: notTelling }
