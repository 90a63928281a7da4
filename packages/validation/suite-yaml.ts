import type { Check } from '@mlops-actions/verdict'
import { type ProposedColumn, type ProposedRule, promised } from './infer.ts'
import { columnExpectations, type ShortColumn } from './short-form.ts'

/**
 * A proposed suite as YAML, in the short form, with the evidence beside each rule.
 * @param from what the rows came from, for the heading
 */
export function suiteYaml(columns: ProposedColumn[], rows: number, from: string): string {
  const share = promised(0, rows)
  const lines = [
    `# Proposed from ${rows.toLocaleString('en')} rows of ${oneLine(from)}. Read it, mend what you know better, commit it.`,
    `# mostly: what these rows can promise. A rule that held in all of them may be broken in up to ${percent(1 - share)} of a`,
    '# later file by chance; fewer than 1 of 100 such files break it (files with at least a tenth as many rows).',
    '# Where you know that a rule has no exception, set mostly to 1.',
    'columns:',
    ...columns.flatMap(columnLines),
  ]
  const apart = columns.flatMap(({ name, rules }) =>
    rules.filter((rule) => !isInShortForm(rule, rules)).map((rule) => [name, rule] as const),
  )
  if (apart.length > 0) lines.push('expectations:', ...apart.map(([name, rule]) => expectationLine(name, rule)))
  return `${lines.join('\n')}\n`
}

/** The rules without those that a check over the same rows did not pass. */
export function withoutFailed(columns: ProposedColumn[], checks: Check[]): ProposedColumn[] {
  const failed = new Set(
    checks
      .filter(({ status }) => status !== 'passed')
      .map(({ evidence, subject }) => JSON.stringify([subject, evidence.expectation])),
  )
  return columns.map(({ name, rules }) => ({
    name,
    rules: rules.filter((rule) => !failed.has(JSON.stringify([name, expectationOf(name, rule).type]))),
  }))
}

function columnLines({ name, rules }: ProposedColumn): string[] {
  const short = rules.filter((rule) => isInShortForm(rule, rules))
  if (short.length === 0) return [`  ${scalar(name)}: {} # no rule held up`]
  const shown = short.map(({ key, value, evidence }) => `    ${key}: ${flow(value)} # ${oneLine(evidence)}`)
  const { mostly } = short[0]!
  return [`  ${scalar(name)}:`, ...shown, ...(mostly < 1 ? [`    mostly: ${mostly}`] : [])]
}

/** `mostly` holds for all of a column: a rule with a share of its own stands under `expectations`. */
function isInShortForm(rule: ProposedRule, rules: ProposedRule[]): boolean {
  return rule.mostly === rules[0]!.mostly
}

function expectationLine(name: string, rule: ProposedRule): string {
  const { type, kwargs } = expectationOf(name, rule)
  const { column: _, ...rest } = kwargs
  const told = Object.entries(rest).map(([key, value]) => `, ${key}: ${JSON.stringify(value)}`)
  return `  - { type: ${type}, column: ${scalar(name)}${told.join('')}, mostly: ${rule.mostly} } # ${oneLine(rule.evidence)}`
}

function expectationOf(name: string, { key, value }: ProposedRule) {
  return columnExpectations(name, { [key]: value } as ShortColumn, [key])[0]!
}

function flow(value: ProposedRule['value']): string {
  if (Array.isArray(value)) return `[${value.map((of) => (of === null ? 'null' : flow(of))).join(', ')}]`
  return typeof value === 'string' ? scalar(value) : String(value)
}

/** A text as YAML: plain where it cannot be taken for anything else. */
function scalar(value: string): string {
  const isPlain =
    /^[A-Za-z_][\w-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n|nan|infinity)$/i.test(value)
  return isPlain
    ? value
    : JSON.stringify(value)
        .replaceAll('\u2028', '\\u2028')
        .replaceAll('\u2029', '\\u2029')
        .replaceAll('\u0085', '\\u0085')
        .replaceAll('\u007f', '\\u007f')
}

const oneLine = (of: string) => of.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')

const percent = (share: number) => `${+(share * 100).toPrecision(2)} %`
