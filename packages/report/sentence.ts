import type { Check, CheckStatus, Verdict, VerdictStatus } from '@mlops-actions/verdict'
import { isBreak, worstFirst } from './check-order.ts'
import { driftSentence } from './drift-answers.ts'
import { effectSize, hasDrifted } from './drift-effect.ts'
import { clip, visible } from './escape.ts'
import { numberAt, objectAt, textAt } from './evidence.ts'
import { counted, number, percent, pValue, signed } from './number.ts'
import { inPipelineOrder, type Report, reportStatus, verdictTitle } from './report.ts'

const longest = 280

/** What one check found, as the middle of a sentence: `roc_auc is 0.74, the rule asks for at least 0.80`. */
export function checkSentence(kind: Verdict['kind'], check: Check): string {
  return clip(finding(kind, check), longest)
}

function finding(
  kind: Verdict['kind'],
  { evidence, title, id, subject, observed, expected, detail, status }: Check,
): string {
  const claim = title || subject || id
  if (status === 'errored') return `${claim}: ${detail || observed || status}`
  const value = numberAt(evidence, 'value')
  if (kind === 'gate' && value !== undefined && numberAt(evidence, 'delta') === undefined && expected !== '') {
    const slice = textAt(evidence, 'slice')
    const name = (textAt(evidence, 'metric') ?? subject) + (slice === undefined ? '' : ` where ${slice}`)
    const threshold = numberAt(evidence, 'threshold')
    const lower = textAt(evidence, 'direction') === 'lower_is_better'
    const holds = threshold !== undefined && (lower ? value <= threshold : value >= threshold)
    if (holds && status === 'warned') return `${name} is ${number(value)}, as only this branch's own rule asks`
    return `${name} is ${number(value)}, the rule asks for ${expected.replace(/ \((?:higher|lower) is better\)$/, '')}`
  }
  // The title of a column's drift is what was found, with its figures.
  if (kind === 'drift' && numberAt(objectAt(evidence, 'effect'), 'value') !== undefined && /\d/.test(title))
    return title
  return `${claim}: ${observed || status}`
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
  const drift = of.kind === 'drift' ? driftSentence(of) : undefined
  if (drift !== undefined) return clip(drift, longest)
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
  const others = all.filter(isBreak).length - toldBySentence(worst)
  const also = others === 0 ? '' : `${counted(others, 'more check')} ${others === 1 ? 'does' : 'do'} not hold. `
  const title = verdictTitle(worst)
  const where = verdicts.length === 1 ? '' : `In the ${title.charAt(0).toLowerCase()}${title.slice(1)}. `
  return { status, sentence, rest: `${where}${also}${counted(all.length, 'check')}: ${tally(all) || 'none'}.` }
}

/** How many of the checks that do not hold the verdict's sentence speaks of. */
function toldBySentence(of: Verdict): number {
  if (of.kind === 'drift' && driftSentence(of) !== undefined) return of.checks.filter(hasDrifted).length
  return of.checks.some(isBreak) ? 1 : 0
}

/** One line for a terminal or a log, without control characters: `gate failed (1 failed, 2 passed): roc_auc is …`. */
export function plainSummary(of: Verdict): string {
  const counts = of.checks.length === 0 ? '' : ` (${tally(of.checks)})`
  return visible(`${of.kind} ${of.status}${counts}: ${verdictSentence(of)}`)
}

/** One line for a whole report: `report failed: roc_auc is 0.74, the rule asks for …. In the metrics gate. …`. */
export function plainHeadline(report: Report): string {
  const { status, sentence, rest } = headline(report)
  return visible(`report ${status}: ${sentence}${rest === '' ? '' : `. ${rest}`}`)
}

const testNames: Record<string, string> = { ks: 'KS', chi2: 'chi-square' }

/** The figures behind a check as short phrases, without those that its own texts tell; empty where there are none. */
export function figures(check: Check): string[] {
  const { evidence } = check
  const told = [check.title, check.observed, check.expected, check.detail ?? ''].join(' ')
  const phrases: string[] = []
  const say = (phrase: string, ...tokens: string[]) => {
    if (tokens.length === 0 || !tokens.every((token) => told.includes(token))) phrases.push(phrase)
  }
  const of = (key: string) => numberAt(evidence, key)
  const confidence = of('confidence')
  const level = confidence === undefined ? '' : `${percent(confidence)} `
  const sayInterval = (low: number | undefined, high: number | undefined, what: string) => {
    if (low === undefined || high === undefined) return
    const ends = [number(Math.abs(low)), number(Math.abs(high))]
    say(`${level}interval${what} ${number(low)} to ${number(high)}`, ...ends)
  }
  sayInterval(of('low'), of('high'), '')
  const delta = of('delta')
  if (delta !== undefined) say(`difference ${signed(delta)}`, number(Math.abs(delta)))
  sayInterval(of('delta_low'), of('delta_high'), ' of the difference')
  const method = textAt(evidence, 'method')
  if (method !== undefined) say(method, method)
  const reason = textAt(evidence, 'undefined')
  if (reason !== undefined) say(`not defined: ${reason}`, reason)

  const test = textAt(evidence, 'test')
  const statistic = of('statistic')
  if (test !== undefined) say(`${testNames[test] ?? test}${statistic === undefined ? '' : ` ${number(statistic)}`}`)
  const p = of('p_adjusted') ?? of('p_value')
  const correction = of('p_adjusted') === undefined ? undefined : textAt(evidence, 'correction')
  if (p !== undefined && !/\bp [<\d]/.test(told))
    say(`p ${pValue(p)}${correction === undefined ? '' : ` (${correction})`}`)
  const effect = objectAt(evidence, 'effect')
  const size = numberAt(effect, 'value')
  if (size !== undefined) {
    const floor = numberAt(effect, 'threshold')
    const name = (textAt(effect, 'name') ?? 'effect').replaceAll('_', ' ')
    say(`${name} ${effectSize(size)}${floor === undefined ? '' : ` (floor ${number(floor)})`}`, effectSize(size))
  }
  const n = of('n')
  if (n !== undefined && !told.includes(`n = ${n}`)) say(counted(n, 'row'), number(n))
  const reference = of('n_reference')
  const current = of('n_current')
  if (reference !== undefined && current !== undefined) say(`rows ${number(reference)} → ${number(current)}`)
  const nulls = [nullShare(evidence, 'reference'), nullShare(evidence, 'current')]
  if (nulls.some((share) => share !== undefined && share > 0))
    say(`empty ${nulls.map((share) => (share === undefined ? '?' : percent(share))).join(' → ')}`)
  const source = textAt(evidence, 'threshold_source')
  if (source !== undefined) say(`rule from ${source}`)
  if (textAt(evidence, 'rules_source') === 'branch') say('rule exists only in this branch')
  return phrases
}

function nullShare(evidence: Check['evidence'], side: 'reference' | 'current'): number | undefined {
  const nulls = numberAt(evidence, `nulls_${side}`)
  const values = numberAt(evidence, `n_${side}`)
  if (nulls === undefined || values === undefined || nulls + values === 0) return undefined
  return nulls / (nulls + values)
}
