import type { Check, CheckStatus, Verdict, VerdictStatus } from '@mlops-actions/verdict'
import { clip, visible } from './escape.ts'
import { numberAt, objectAt, textAt } from './evidence.ts'
import { counted, number, percent, pValue, signed } from './number.ts'
import { inPipelineOrder, isBreak, type Report, reportStatus, verdictTitle, worstFirst } from './report.ts'

const longest = 280

/** What one check found, as the middle of a sentence: `roc_auc is 0.74, the rule asks for at least 0.80`. */
export function checkSentence(kind: Verdict['kind'], check: Check): string {
  const { evidence } = check
  const value = numberAt(evidence, 'value')
  if (
    kind === 'gate' &&
    value !== undefined &&
    numberAt(evidence, 'threshold') !== undefined &&
    check.expected !== ''
  ) {
    const metric = textAt(evidence, 'metric') ?? check.subject
    const slice = textAt(evidence, 'slice')
    const where = slice === undefined ? '' : ` where ${slice}`
    if (numberAt(evidence, 'delta') === undefined)
      return clip(`${metric}${where} is ${number(value)}, the rule asks for ${check.expected}`, longest)
  }
  const name = check.subject || check.title || check.id
  const observed = check.observed || check.detail || check.status
  return clip(`${name}: ${observed}${check.expected === '' ? '' : `; expected ${check.expected}`}`, longest)
}

/** How many checks ended how, worst first: `2 failed, 1 warned, 11 passed`. */
export function tally(checks: Check[]): string {
  const order: CheckStatus[] = ['errored', 'failed', 'warned', 'skipped', 'passed']
  return order
    .map((status) => ({ status, count: checks.filter((c) => c.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${number(count)} ${status}`)
    .join(', ')
}

/** One verdict as a sentence without its status word. */
export function verdictSentence(of: Verdict): string {
  if (of.checks.length === 0) return 'nothing was judged'
  const first = worstFirst(of.checks)[0]
  if (first === undefined || !isBreak(first)) {
    const skipped = of.checks.filter((c) => c.status === 'skipped').length
    const held = of.checks.length - skipped
    if (first !== undefined && of.checks.length === 1) return checkSentence(of.kind, first)
    if (skipped === 0) return `all ${number(held)} checks hold`
    return `${counted(held, 'check')} ${held === 1 ? 'holds' : 'hold'}, ${number(skipped)} skipped`
  }
  return checkSentence(of.kind, first)
}

export const statusWords: Record<VerdictStatus, string> = {
  passed: 'Passed',
  warned: 'Passed with warnings',
  failed: 'Failed',
}

/** The report in one sentence, and what that sentence leaves out. */
export function headline(report: Report): { status: VerdictStatus; sentence: string; rest: string } {
  const status = reportStatus(report)
  const verdicts = inPipelineOrder(report.verdicts)
  const all = verdicts.flatMap((v) => v.checks)
  const worst = verdicts.find((v) => v.status === status)
  if (worst === undefined) return { status, sentence: 'nothing was judged', rest: 'The report holds no verdict.' }
  if (status === 'passed') {
    return verdicts.length === 1
      ? { status, sentence: verdictSentence(worst), rest: '' }
      : {
          status,
          sentence: `all ${verdicts.length} verdicts hold`,
          rest: `${counted(all.length, 'check')}: ${tally(all)}.`,
        }
  }
  const sentence = verdictSentence(worst)
  const others = all.filter(isBreak).length - worst.checks.filter(isBreak).slice(0, 1).length
  const also = others === 0 ? '' : `${counted(others, 'more check')} ${others === 1 ? 'does' : 'do'} not hold. `
  const title = verdictTitle(worst)
  const where = verdicts.length === 1 ? '' : `In the ${title.charAt(0).toLowerCase()}${title.slice(1)}. `
  return { status, sentence, rest: `${where}${also}${counted(all.length, 'check')}: ${tally(all) || 'none'}.` }
}

/** One line for a terminal or a log, without control characters: `gate failed (1 failed, 2 passed): roc_auc is …`. */
export function plainSummary(of: Verdict): string {
  const counts = of.checks.length === 0 ? '' : ` (${tally(of.checks)})`
  return visible(`${of.kind} ${of.status}${counts}: ${verdictSentence(of)}`)
}

/** The figures behind a check, as short phrases; empty where its evidence holds none that are known. */
export function figures(check: Check): string[] {
  const { evidence } = check
  const phrases: string[] = []
  const say = (phrase: string | undefined | false) => {
    if (phrase) phrases.push(phrase)
  }
  const low = numberAt(evidence, 'low')
  const high = numberAt(evidence, 'high')
  const confidence = numberAt(evidence, 'confidence')
  const interval = (from: number, to: number, of: string) =>
    `${confidence === undefined ? '' : `${percent(confidence)} `}interval${of} ${number(from)} to ${number(to)}`
  if (low !== undefined && high !== undefined) say(interval(low, high, ''))
  const delta = numberAt(evidence, 'delta')
  say(delta !== undefined && `difference ${signed(delta)}`)
  const deltaLow = numberAt(evidence, 'delta_low')
  const deltaHigh = numberAt(evidence, 'delta_high')
  if (deltaLow !== undefined && deltaHigh !== undefined) say(interval(deltaLow, deltaHigh, ' of the difference'))
  say(textAt(evidence, 'method'))
  say(textAt(evidence, 'undefined') && `not defined: ${textAt(evidence, 'undefined')}`)

  const test = textAt(evidence, 'test')
  const statistic = numberAt(evidence, 'statistic')
  say(test && (statistic === undefined ? test : `${test} ${number(statistic)}`))
  const adjusted = numberAt(evidence, 'p_adjusted')
  const raw = numberAt(evidence, 'p_value')
  const correction = textAt(evidence, 'correction')
  if (adjusted !== undefined) say(`p ${pValue(adjusted)}${correction === undefined ? '' : ` (${correction})`}`)
  else if (raw !== undefined) say(`p ${pValue(raw)}`)
  const effect = objectAt(evidence, 'effect')
  const effectValue = numberAt(effect, 'value')
  const floor = numberAt(effect, 'threshold')
  if (effectValue !== undefined) {
    const name = textAt(effect, 'name') ?? 'effect'
    say(`${name} ${number(effectValue)}${floor === undefined ? '' : ` (floor ${number(floor)})`}`)
  }
  const n = numberAt(evidence, 'n')
  const nReference = numberAt(evidence, 'n_reference')
  const nCurrent = numberAt(evidence, 'n_current')
  say(n !== undefined && counted(n, 'row'))
  say(nReference !== undefined && nCurrent !== undefined && `rows ${number(nReference)} → ${number(nCurrent)}`)
  const nulls = [nullShare(evidence, 'reference'), nullShare(evidence, 'current')]
  if (nulls.some((share) => share !== undefined && share > 0))
    say(`empty ${nulls.map((share) => (share === undefined ? '?' : percent(share))).join(' → ')}`)

  const source = textAt(evidence, 'threshold_source')
  say(source && `rule from ${source}`)
  say(textAt(evidence, 'rules_source') === 'branch' && 'rule exists only in this branch')
  return phrases
}

function nullShare(evidence: Check['evidence'], side: 'reference' | 'current'): number | undefined {
  const nulls = numberAt(evidence, `nulls_${side}`)
  const values = numberAt(evidence, `n_${side}`)
  if (nulls === undefined || values === undefined || nulls + values === 0) return undefined
  return nulls / (nulls + values)
}
