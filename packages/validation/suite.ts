import type { Path } from '@mlops-actions/document'
import { type Json, type JsonObject, nearest, type Severity, type Where } from '@mlops-actions/verdict'
import { type Condition, ConditionError, parseCondition } from './condition.ts'
import type { Compat, Definition } from './definition.ts'
import { definitions } from './definitions.ts'
import { known, notJudged, retired } from './known.ts'
import { type ResultFormat, resultFormat } from './result-format.ts'
import { columnExpectations, type ShortExpectation, sections, shortColumn } from './short-form.ts'
import { ParameterError, type Parameters, withParameters } from './suite-parameters.ts'
import { SuiteText } from './suite-text.ts'

export interface Expectation {
  /** Great Expectations' name, e.g. `expect_column_values_to_be_between`. */
  type: string
  kwargs: JsonObject
  /** What a break means for the verdict. */
  severity: Severity
  where: Where
  /** Which rows it is about, and how the suite writes that; all where absent. */
  condition?: { written: Json; parsed: Condition }
  /** How much of its result is shown; all where absent. */
  format?: ResultFormat
  /** Why it cannot be judged, where that is known before any data is seen. */
  unsupported?: string
}

export interface Suite {
  name?: string
  /** In the order of the file. */
  expectations: Expectation[]
  /** `great-expectations`: cells are taken as pandas reads them. The default for a suite in Great Expectations' own form. */
  compat: Compat
  /** Whether no rows, and columns without a value, may pass. */
  allowEmpty: boolean
  /** Columns that may be without a value. */
  allowEmptyColumns: string[]
}

const shortKeys = [...Object.keys(sections), 'columns']
const suiteKeys = ['name', ...shortKeys, 'expectations', 'compat', 'allow_empty']
const libraryKeys = [
  'expectation_suite_name',
  'data_asset_type',
  'evaluation_parameters',
  'suite_parameters',
  'ge_cloud_id',
  'id',
  'meta',
  'notes',
]
const expectationKeys = ['type', 'expectation_type', 'kwargs', 'severity']
const expectationNotes = [
  'id',
  'meta',
  'notes',
  'description',
  'rendered_content',
  'expectation_context',
  'success_on_last_run',
  'ge_cloud_id',
  'windows',
]
/** kwargs that say how a result is shown or data is fetched, not what is expected. */
const ignoredKwargs = [
  'result_format',
  'output_strftime_format',
  'include_config',
  'catch_exceptions',
  'profiler_config',
  'batch_id',
  'auto',
  'meta',
]
const rowKwargs = ['row_condition', 'condition_parser', 'ignore_row_if']
/** kwargs that change what is expected and are not supported when set. */
const refusedKwargs = ['parse_strings_as_datetimes', 'allow_cross_type_comparisons']
const parsers = ['pandas', 'spark', 'great_expectations', 'great_expectations__experimental__']
const severities: Record<string, Severity> = {
  failed: 'failed',
  warned: 'warned',
  critical: 'failed',
  warning: 'warned',
  info: 'warned',
}

/**
 * A suite of expectations: YAML or JSON, in the short form (`columns:`, `rows:`), the long form (`expectations:`) or both,
 * or a suite file of Great Expectations 0.x or 1.x. A UserError names line, column and the nearest valid name.
 * @param origin how people name the file, for messages
 * @param now what `now()` is in the suite's parameters
 */
export function parseSuite(text: string, origin: string, now?: Date): Suite {
  const source = new SuiteText(text, origin)
  const root: Json = Array.isArray(source.value) ? { expectations: source.value } : source.value
  const prefix: Path = Array.isArray(source.value) ? [] : ['expectations']
  if (!isObject(root)) throw source.mistake('The suite is empty or no mapping', [], 'Write columns: or expectations:.')
  const stray = Object.keys(root).find((key) => ![...suiteKeys, ...libraryKeys].includes(key))
  if (stray !== undefined) throw source.unknownKey(stray, [], suiteKeys, 'The suite')

  const name = root.name ?? root.expectation_suite_name
  const suite: Suite = {
    ...(typeof name === 'string' ? { name } : {}),
    expectations: [],
    compat: compatOf(root, source),
    allowEmpty: booleanOf(root, 'allow_empty', source),
    allowEmptyColumns: [],
  }
  for (const key of Object.keys(root)) {
    const section = sections[key]
    if (section !== undefined) {
      const read = source.read(section.schema, root[key], [key], Object.keys(section.schema.shape), key)
      for (const of of section.expectations(read)) suite.expectations.push(fromShort(of, [key, of.key], source))
    }
    if (key === 'columns') readColumns(root.columns!, suite, source)
    if (key === 'expectations') {
      const list = root.expectations
      if (!Array.isArray(list))
        throw source.mistake('"expectations" is no list', ['expectations'], 'Start each with "- type: …".')
      const parameters = { values: parameterValues(root, source), now }
      for (const [i, of] of list.entries())
        suite.expectations.push(readExpectation(of, [...prefix, i], source, parameters))
    }
  }
  if (suite.expectations.length === 0) {
    throw source.mistake(
      'The suite expects nothing',
      [],
      'Add an expectation: a suite without one would pass any data.',
    )
  }
  return suite
}

/** The other files that a suite names, each once, and where. */
export function filesOf({ expectations }: Suite): { file: string; where: Where }[] {
  const named = new Map<string, Where>()
  for (const { kwargs, where, unsupported } of expectations) {
    const { file } = kwargs
    if (unsupported === undefined && typeof file === 'string' && !named.has(file)) named.set(file, where)
  }
  return [...named].map(([file, where]) => ({ file, where }))
}

function compatOf(root: JsonObject, source: SuiteText): Compat {
  const { compat, meta } = root
  if (compat === 'great-expectations' || compat === 'none') return compat
  if (compat !== undefined) {
    throw source.mistake(`"${String(compat)}" is no value of compat`, ['compat'], 'Write great-expectations or none.')
  }
  const isShort = shortKeys.some((key) => root[key] !== undefined)
  const isTheirs =
    root.expectation_suite_name !== undefined ||
    (isObject(meta) && meta.great_expectations_version !== undefined) ||
    (root.name !== undefined && root.expectations !== undefined)
  return isTheirs && !isShort ? 'great-expectations' : 'none'
}

function readColumns(columns: Json, suite: Suite, source: SuiteText): void {
  if (!isObject(columns))
    throw source.mistake('"columns" is no mapping', ['columns'], 'Write "column: { not_null: true }" lines.')
  for (const [column, written] of Object.entries(columns)) {
    const path = ['columns', column]
    const of = source.read(shortColumn, written ?? {}, path, Object.keys(shortColumn.shape), `Column "${column}"`)
    if (of.allow_empty === true) suite.allowEmptyColumns.push(column)
    const severity = severityOf(of.severity, [...path, 'severity'], source)
    for (const short of columnExpectations(column, of, Object.keys(written ?? {}))) {
      const at = short.key === '' ? path : [...path, short.key]
      const { mostly } = of
      const kwargs = short.rowWise && mostly !== undefined ? { ...short.kwargs, mostly } : short.kwargs
      suite.expectations.push({ ...fromShort({ ...short, kwargs }, at, source), severity })
    }
  }
}

/** The short form says the same as the long one; what the long one refuses is refused where the short one stands. */
function fromShort({ type, kwargs }: ShortExpectation, path: Path, source: SuiteText): Expectation {
  const { schema } = definitions.get(type)!
  const refused = schema.safeParse(kwargs).error?.issues[0]
  if (refused !== undefined)
    throw source.mistake(`"${path.join('.')}" is not right: ${refused.message}`, path, 'Change this value.')
  return { type, kwargs, severity: 'failed', where: source.where(path, 'key') }
}

/** The values of parameters that the suite holds, as Great Expectations 1.x or 0.x names them. */
function parameterValues(root: JsonObject, source: SuiteText): JsonObject {
  const values: JsonObject = {}
  for (const key of ['evaluation_parameters', 'suite_parameters']) {
    const of = root[key] ?? {}
    if (!isObject(of)) throw source.mistake(`"${key}" is no mapping`, [key], 'Write "name: value" lines.')
    Object.assign(values, of)
  }
  return values
}

function readExpectation(of: Json, path: Path, source: SuiteText, parameters: Parameters): Expectation {
  if (!isObject(of))
    throw source.mistake('An expectation is no mapping', path, 'Write "- type: expect_…" with its kwargs.')
  const type = of.type ?? of.expectation_type
  if (typeof type !== 'string') throw source.mistake('An expectation lacks its type', path, 'Add "type: expect_…".')
  const typeKey = of.type === undefined ? 'expectation_type' : 'type'
  const definition = definitions.get(type)
  if (definition === undefined && !known.has(type) && !retired.has(type)) {
    const meant = nearest(type, [...definitions.keys(), ...known])
    const help = meant === undefined ? "Use a name of Great Expectations' gallery." : `Did you mean "${meant}"?`
    throw source.mistake(`There is no expectation "${type}"`, [...path, typeKey], help)
  }
  const within = of.kwargs ?? {}
  if (!isObject(within))
    throw source.mistake(`"kwargs" of ${type} is no mapping`, [...path, 'kwargs'], 'Write "name: value" lines.')
  const beside = Object.keys(of).filter((key) => ![...expectationKeys, ...expectationNotes].includes(key))
  const written = { ...Object.fromEntries(beside.map((key) => [key, of[key]!])), ...within }
  const where = source.where(path)
  const severity = severityOf(of.severity, [...path, 'severity'], source)
  const kwargsPath = Object.keys(within).length > 0 || beside.length === 0 ? [...path, 'kwargs'] : path
  const formatPath = 'result_format' in within ? [...path, 'kwargs', 'result_format'] : [...path, 'result_format']
  const format =
    'result_format' in written
      ? { format: source.read(resultFormat, written.result_format, formatPath, [], 'result_format') }
      : {}
  const shared = { type, severity, where, ...format }
  let kwargs: JsonObject
  try {
    kwargs = withParameters(written, parameters)
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error
    return { ...shared, kwargs: without(written, ignoredKwargs), unsupported: `not judged: ${error.message}` }
  }
  const expectation = { ...shared, kwargs: without(kwargs, ignoredKwargs) }

  const parser = kwargs.condition_parser
  if (typeof parser === 'string' && !parsers.includes(parser)) {
    const help = `Did you mean "${nearest(parser, parsers) ?? 'pandas'}"?`
    throw source.mistake(`There is no condition_parser "${parser}"`, [...path, 'kwargs', 'condition_parser'], help)
  }
  const unsupported = unsupportedIn(type, kwargs, definition)
  if (unsupported !== undefined) return { ...expectation, unsupported }
  const condition = conditionIn(kwargs)
  if (typeof condition === 'string') return { ...expectation, unsupported: condition }
  const own = rowKwargs.filter((key) => !definition!.kwargs.includes(key))
  const judged = without(expectation.kwargs, [...own, ...refusedIn(definition)])
  source.read(definition!.schema, judged, of.kwargs === undefined ? path : kwargsPath, definition!.kwargs, type)
  return { ...expectation, kwargs: judged, ...condition }
}

/** The condition on rows; a text that says why it cannot be judged. */
function conditionIn({
  row_condition: written,
  condition_parser: parser,
}: JsonObject): string | Pick<Expectation, 'condition'> {
  if (written === undefined || written === null || written === '') return {}
  try {
    return { condition: { written, parsed: parseCondition(written, parser) } }
  } catch (error) {
    if (error instanceof ConditionError) return `not supported: this row_condition. ${error.message}`
    throw error
  }
}

const refusedIn = (definition: Definition | undefined) =>
  refusedKwargs.filter((key) => definition?.kwargs.includes(key) !== true)

function unsupportedIn(type: string, kwargs: JsonObject, definition: Definition | undefined): string | undefined {
  if (retired.has(type)) return 'not supported: Great Expectations 1.x has dropped this expectation'
  if (definition === undefined) return `not supported: ${notJudged(type)}`
  if (kwargs.auto === true) return 'not supported: `auto: true` leaves the bounds to a profiler; write them out'
  const refused = refusedIn(definition).find((key) => (kwargs[key] ?? false) !== false)
  return refused === undefined ? undefined : `not supported: \`${refused}\` of ${type}`
}

function severityOf(value: Json | undefined, path: Path, source: SuiteText): Severity {
  if (value === undefined || value === null) return 'failed'
  const severity = typeof value === 'string' ? severities[value] : undefined
  if (severity !== undefined) return severity
  const meant = nearest(String(value), Object.keys(severities))
  const help = meant === undefined ? 'Write failed or warned (or critical, warning, info).' : `Did you mean "${meant}"?`
  throw source.mistake(`"${String(value)}" is no severity`, path, help)
}

function booleanOf(root: JsonObject, key: string, source: SuiteText): boolean {
  const value = root[key] ?? false
  if (typeof value !== 'boolean') throw source.mistake(`"${key}" is not true or false`, [key], 'Write true or false.')
  return value
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function without(of: JsonObject, keys: string[]): JsonObject {
  return Object.fromEntries(Object.entries(of).filter(([key]) => !keys.includes(key)))
}
