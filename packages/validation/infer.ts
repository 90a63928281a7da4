import {
  type ColumnProfile,
  listsAll,
  type NumberProfile,
  type Profile,
  type Shape,
  shapeText,
} from '@mlops-actions/profile'
import { predictionBound } from '@mlops-actions/statistics'
import { timestampText } from '@mlops-actions/table'
import { shapeRegex } from './shape-regex.ts'
import type { ShortColumn } from './short-form.ts'

/** One rule that is proposed for a column, and what was seen that speaks for it. */
export interface ProposedRule {
  key: Exclude<keyof ShortColumn, 'mostly' | 'severity'>
  value: string | number | boolean | (string | number | boolean | null)[]
  evidence: string
  /** The share of values that must hold; a share that is less than all must be written as an expectation of its own. */
  mostly: number
}

export interface ProposedColumn {
  name: string
  rules: ProposedRule[]
}

/**
 * A later file keeps a rule in so many cases, if it has at least a tenth of the rows. A share that was seen is met by every
 * later file, what was never seen by hardly any: so the first is given more room.
 */
const confidence = { unseen: 0.99, seen: 0.995 }
/** A category is one where it was seen so often: rarer ones may be single persons, and there are more of them to come. */
const fewestOfCategory = 10
const mostCategories = 50
const mostCodes = 10
/** Fewer different values prove nothing about the next one. */
const fewestToBeUnique = 100

/**
 * Rules that the rows of a profile speak for: types, nulls, ranges with head-room, sets where a column is truly categorical,
 * patterns of ids and dates, lengths, uniqueness. What held in all of n rows is proposed for the share of later rows for
 * which n rows can promise it. The profile must carry its sketches; of sensitive columns no value is told.
 */
export function infer(profile: Profile): ProposedColumn[] {
  return profile.columns.map((column) => ({ name: column.name, rules: rulesOf(column, profile.rows) }))
}

/** The share of later rows that hold what all but `broken` of n rows did. */
export function promised(broken: number, n: number): number {
  const later = Math.max(1, Math.ceil(n / 10))
  const share = 1 - predictionBound(broken, n, later, broken === 0 ? confidence.unseen : confidence.seen) / later
  const digits = 10 ** Math.max(2, Math.ceil(Math.log10(n)))
  return Math.floor(share * digits + 1e-9) / digits
}

function rulesOf(column: ColumnProfile, rows: number): ProposedRule[] {
  const { count, nulls, type } = column
  if (count === 0) return []
  const ofValues = promised(0, count)
  const rule = (key: ProposedRule['key'], value: ProposedRule['value'], evidence: string): ProposedRule => ({
    key,
    value,
    evidence,
    mostly: ofValues,
  })
  const rules = [rule('type', type === 'integer64' ? 'integer' : type, `all ${text(count)} values`)]
  const share = promised(nulls, rows)
  if (share > 0) {
    const evidence = `${nulls === 0 ? 'no' : text(nulls)} empty ${nulls === 1 ? 'cell' : 'cells'} in ${text(rows)} rows`
    rules.push({ ...rule('not_null', true, evidence), mostly: share })
  }
  if (isUnique(column)) rules.push(rule('unique', true, `${text(count)} values, no two alike`))
  if (column.sensitive) return rules
  return [...rules, ...valueRules(column, rule)]
}

type RuleOf = (key: ProposedRule['key'], value: ProposedRule['value'], evidence: string) => ProposedRule

/** What the values are: a set, else a range, else a pattern, else a length. */
function valueRules(column: ColumnProfile, rule: RuleOf): ProposedRule[] {
  const { type, numbers, sketch } = column
  const set = categoriesOf(column)
  if (set !== undefined) {
    const fewest = Math.min(...set.map(({ count }) => count))
    const evidence = `${set.length} different values, each in at least ${text(fewest)} rows`
    return [
      rule(
        'in_set',
        set.map(({ value }) => value),
        evidence,
      ),
    ]
  }
  if (type === 'timestamp') {
    if (numbers === undefined) return []
    const [low] = withHeadRoom(numbers, column.count)
    const from = timestampText(Math.floor(low / day) * day)
    return [rule('between', [from, null], `the first is ${timestampText(numbers.min)}; no end, time moves on`)]
  }
  if (type === 'integer' || type === 'number') {
    if (numbers === undefined || isUnique(column)) return []
    const range = rounded(withHeadRoom(numbers, column.count), numbers, type === 'integer')
    return [rule('between', range, `seen ${numbers.min} to ${numbers.max}; the rest is head-room`)]
  }
  if (type !== 'text' || sketch?.words === undefined) return []
  const pattern = patternOf(sketch.words.shapes)
  if (pattern !== undefined) return [rule('matches', pattern.regex, `every value looks like ${pattern.seen}`)]
  return [lengthRule(column, rule)]
}

function lengthRule({ sketch, count }: ColumnProfile, rule: RuleOf): ProposedRule {
  const { min, max } = sketch!.words!.lengths
  if (min === max) return rule('length', min, 'the same in every value')
  const most = Math.ceil(max + 0.5 * (max - min))
  return rule(
    'length',
    [Math.max(0, Math.floor(min - 0.5 * (max - min))), most],
    `seen ${min} to ${max}, in ${text(count)} values`,
  )
}

/** The values of a column that is truly categorical: few, listed whole, and each seen often. */
function categoriesOf(column: ColumnProfile): { value: string | number; count: number }[] | undefined {
  const { type, sketch } = column
  if (sketch === undefined || !listsAll(sketch)) return undefined
  if (type === 'text' && sketch.words) {
    const { listed } = sketch.words
    return areCategories(listed, mostCategories) ? listed : undefined
  }
  if (type !== 'integer' || !sketch.numbers) return undefined
  const { values, counts } = sketch.numbers
  const listed = Array.from(values, (value, i) => ({ value, count: counts[i]! }))
  return areCategories(listed, mostCodes) ? listed : undefined
}

function areCategories(listed: { count: number }[], most: number): boolean {
  return listed.length <= most && listed.every(({ count }) => count >= fewestOfCategory)
}

/** Whether all values may differ. An estimate proves it not: the suite is tried on its own rows before it is proposed. */
function isUnique({ type, count, distinct }: ColumnProfile): boolean {
  if (count < fewestToBeUnique || (type !== 'integer' && type !== 'integer64' && type !== 'text')) return false
  if (distinct.exact) return distinct.count === count
  return distinct.error === undefined || distinct.count >= count * (1 - 4 * distinct.error)
}

const day = 86_400_000

/**
 * Least and greatest with room beyond. If a tail falls off exponentially, a value further out than `reach` times its scale is
 * rarer than 1 of 200 in as many rows again; the scale is the larger of two that the profile shows.
 */
function withHeadRoom({ min, max, quantiles }: NumberProfile, count: number): [number, number] {
  const reach = Math.log(200)
  const [q01, q05, , , , q95, q99] = quantiles as [number, number, number, number, number, number, number]
  const folds = Math.log(Math.max(3, count / 100))
  const below = Math.max((q05 - q01) / Math.log(5), (q01 - min) / folds)
  const above = Math.max((q99 - q95) / Math.log(5), (max - q99) / folds)
  return [min - reach * below, max + reach * above]
}

/** Outward to short numbers; what is never negative stays so, and what is never positive. */
function rounded([low, high]: [number, number], { min, max }: NumberProfile, whole: boolean): [number, number] {
  const span = high - low
  const unit = span > 0 ? 10 ** Math.floor(Math.log10(span / 100)) : 0
  const step = whole ? Math.max(1, unit) : unit
  const short = (value: number, seen: number, towards: 'floor' | 'ceil') => {
    const at = step > 0 ? Number((Math[towards](value / step) * step).toPrecision(12)) : value
    // Where so few digits cannot hold it, the value itself.
    return (towards === 'floor' ? at <= seen : at >= seen) ? at : seen
  }
  const least = short(low, min, 'floor')
  const most = short(high, max, 'ceil')
  return [min >= 0 ? Math.max(0, least) : least, max <= 0 ? Math.min(0, most) : most]
}

/** One regular expression for the few shapes of ids and dates; undefined where the texts are of another sort. */
function patternOf(shapes: Shape[] | undefined): { regex: string; seen: string } | undefined {
  if (shapes === undefined || shapes.length > 3) return undefined
  const isId = ({ symbols, count }: Shape) => symbols.includes('9') && count >= fewestOfCategory
  if (!shapes.every(isId)) return undefined
  return { regex: shapeRegex(shapes), seen: shapes.map(shapeText).join(' or ') }
}

const text = (count: number) => count.toLocaleString('en')
