import type { Check, Verdict } from '@mlops-actions/verdict'
import { isBreak } from './check-order.ts'
import { evidencedChanges } from './column-changes.ts'
import {
  type DriftEffect,
  driftEffects,
  driftLevel,
  effectText,
  hasDrifted,
  heldBy,
  limitText,
  significanceText,
} from './drift-effect.ts'
import { byDriftKind, type DriftGroup } from './drift-kind.ts'
import { clip } from './escape.ts'
import { textAt } from './evidence.ts'
import { counted, number, percent, pValue } from './number.ts'

const mostNames = 4

export interface Answer {
  question: string
  answer: string
}

/** What a person asks of a drift check, answered: what moved, by how much, is it chance, what to do. */
export function driftAnswers(of: Verdict): Answer[] {
  const compared = driftEffects(of.checks)
  if (compared.length === 0) return []
  const moved = of.checks.filter(hasDrifted)
  const worst = driftEffects(moved)[0] ?? compared[0]!
  const chance = moved.length > 0 ? chanceAnswer(worst) : chanceBelow(compared)
  return [
    { question: 'What moved', answer: movedAnswer(moved, compared) },
    { question: 'By how much', answer: sizeAnswer(worst, moved.length > 0) },
    ...(chance === '' ? [] : [{ question: 'Is it chance', answer: chance }]),
    { question: 'What to do', answer: actionAnswer(of, moved) },
  ]
}

/** The same in one sentence; undefined where a single check tells more, for nothing was compared or something broke. */
export function driftSentence(of: Verdict): string | undefined {
  const moved = of.checks.filter(hasDrifted)
  if (moved.length > 0) {
    const sizes = driftEffects(moved)
    return `${subjects(moved)} drifted${figure(sizes)}: ${decisionOf(of, moved)}`
  }
  const compared = driftEffects(of.checks)
  if (compared.length === 0 || of.checks.some((c) => c.status === 'failed' || c.status === 'errored')) return undefined
  const warned = of.checks.filter(isBreak)
  if (warned.length > 0) return undefined
  return `no drift in ${countedCompared(compared)}: ${decisionOf(of, [])}`
}

function figure(sizes: DriftEffect[]): string {
  const [worst] = sizes
  if (worst === undefined) return ''
  if (calledByRule(worst))
    return ` (${sizes.length > 1 ? `${clip(worst.check.subject, 60)}: ` : ''}${worst.check.observed})`
  const p = worst.p === undefined ? '' : `, p ${pValue(worst.p)}`
  const which = sizes.length > 1 ? `${clip(worst.check.subject, 60)} most: ` : ''
  return ` (${which}${effectText(worst)}${p})`
}

function movedAnswer(moved: Check[], compared: DriftEffect[]): string {
  const all = countedCompared(compared)
  const held = compared.map(({ check }) => check).filter((check) => heldBy(check) !== undefined)
  const aside = [
    notCalled(held, 'baseline', 'moved as usual in this season'),
    notCalled(held, 'consecutive', 'moved, but not yet in as many checks in a row as the rules ask for'),
  ]
  if (moved.length === 0) {
    const open = compared.filter(({ real, check }) => real && !held.includes(check))
    const small = open.filter(({ value, floor }) => value < floor).map(({ check }) => check)
    const large = open.filter(({ value, floor }) => value >= floor).map(({ check }) => check)
    if (large.length > 0) aside.push(` ${capital(names(large))} moved by as much as the default rule calls drift.`)
    const differ = small.length === 1 ? 'differs' : 'differ'
    const real = small.length === 0 ? '' : ` ${names(small)} ${differ} for real, but by too little to matter.`
    const none =
      held.length + large.length > 0 ? 'Nothing that is called' : 'Nothing by more than chance and by enough to matter'
    return `${none}, in ${all}.${aside.join('')}${real}`
  }
  const drifted = compared.filter(({ check }) => moved.includes(check)).length
  return `${capital(subjects(moved))}: ${number(drifted)} of ${all}.${aside.join('')}`
}

function notCalled(held: Check[], by: 'baseline' | 'consecutive', why: string): string {
  const those = held.filter((check) => heldBy(check) === by)
  return those.length === 0 ? '' : ` ${capital(names(those))} ${why}.`
}

function countedCompared(compared: DriftEffect[]): string {
  const columns = compared.every(({ check }) => check.id.startsWith('drift.'))
  return counted(compared.length, columns ? 'column' : 'comparison')
}

function sizeAnswer(effect: DriftEffect, moved: boolean): string {
  const { check, name, floor, significant } = effect
  if (moved && calledByRule(effect))
    return `${clip(check.subject, 80)} most: ${check.observed}; the rule asks for ${check.expected}.`
  const limits =
    `it counts from ${limitText(name, floor)}` +
    (significant > floor ? ` and is significant from ${limitText(name, significant)}` : '')
  const size = `${clip(check.subject, 80)} ${moved ? 'most' : 'at most'}: ${effectText(effect)}; ${limits}.`
  const change = moved && name !== 'null_share_difference' ? largestChange(check) : ''
  return change === '' ? size : `${size} The largest change: ${change}.`
}

function largestChange(check: Check): string {
  const [first] = evidencedChanges(check)
  if (first === undefined) return ''
  const { label, reference, current } = first
  return `${clip(label, 80)} from ${percent(reference)} to ${percent(current)} of the values`
}

function chanceAnswer(effect: DriftEffect): string {
  const { p, family, alpha, correction } = effect
  if (p === undefined) return ''
  const told = significanceText(effect)
  if (p >= alpha) return `It may be: ${told}.`
  if (correction.startsWith('benjamini-'))
    return `Hardly: of the changes called at this level, ${p < 0.001 ? 'fewer than 1 in 1,000' : `at most 1 in ${number(Math.floor(1 / p))}`} is expected to be chance (${told}).`
  const one = p < 0.001 ? 'fewer than 1 in 1,000 checks' : `at most 1 in ${number(Math.floor(1 / p))} checks`
  const where = family > 1 && correction !== 'none' ? ' in any of its tests' : ''
  return `Hardly: without any drift, ${one} would show a change this clear${where} (${told}).`
}

function chanceBelow(compared: DriftEffect[]): string {
  const tested = compared.filter(({ p }) => p !== undefined)
  const within = tested.filter(({ real }) => !real).length
  if (tested.length === 0) return ''
  if (within === tested.length) return 'Every difference is within what chance gives.'
  return `${capital(counted(within, 'difference'))} ${within === 1 ? 'is' : 'are'} within what chance gives, ${number(tested.length - within)} ${tested.length - within === 1 ? 'is' : 'are'} not.`
}

function actionAnswer(of: Verdict, moved: Check[]): string {
  const decision = decisionOf(of, moved)
  const others = of.checks.filter((check) => isBreak(check) && !hasDrifted(check))
  const also = others.length === 0 ? '' : ` ${aside(others)}`
  if (decision === 'retrain' && moved.length > 0) return `Retrain: ${because(moved, 'significant')}.${also}`
  if (decision === 'investigate' && moved.length > 0)
    return `Investigate: ${because(moved, 'moderate')}. Is it the source of the data, a season, or the world? Retrain where the model's answers suffer.${also}`
  if (decision === 'investigate') return `Investigate: something is broken, and it is no drift.${also}`
  if (decision === 'retrain') return `Retrain.${also}`
  return moved.length > 0 ? `Keep the model for now.${also}` : `Keep the model.${also}`
}

function because(moved: Check[], level: 'moderate' | 'significant'): string {
  const deciding = moved.filter((check) => driftLevel(check) === level)
  const rules = deciding.filter((check) => !isMeasured(check))
  if (rules.length > 0 && rules.length === deciding.length)
    return rules.map(({ title, expected }) => `${lower(title)}, where the rule asks for ${expected}`).join('; ')
  const of = deciding.length > 0 ? deciding : moved
  const change = level === 'significant' ? 'a significant' : 'a moderate'
  return `${names(of)} ${of.length === 1 ? 'shows' : 'show'} ${change} change`
}

function aside(others: Check[]): string {
  const failed = others.filter((c) => c.status !== 'warned')
  if (failed.length > 0) return `First mend ${names(failed)}: ${counted(failed.length, 'check')} failed without drift.`
  return `${capital(counted(others.length, 'more check'))} ${others.length === 1 ? 'has' : 'have'} a warning: ${names(others)}.`
}

function decisionOf(of: Verdict, moved: Check[]): string {
  const named = textAt(of.context, 'decision')
  if (named === 'keep' || named === 'investigate' || named === 'retrain') return named
  if (moved.some((check) => driftLevel(check) === 'significant')) return 'retrain'
  return moved.length > 0 ? 'investigate' : 'keep'
}

const nouns = { prediction: 'the predictions', label: 'the labels', concept: 'the performance', schema: 'the schema' }

/** The subjects by kind: columns of the data by name alone. */
function subjects(checks: Check[]): string {
  const measured = checks.filter(isMeasured)
  return listed(byDriftKind(measured.length > 0 ? measured : checks).map(named))
}

/** Whether what drifted was called by a rule that does not look at the effect, as the preset evidently does not. */
function calledByRule({ value, floor }: DriftEffect): boolean {
  return value < floor
}

/** Whether the check is of one column or figure, and not of a rule over all of them. */
function isMeasured(check: Check): boolean {
  return !check.id.startsWith('rule.')
}

function named({ kind, checks }: DriftGroup): string {
  return kind === 'data' ? names(checks) : `${nouns[kind]} (${names(checks)})`
}

function names(checks: Check[]): string {
  const sorted = driftEffects(checks).map(({ check }) => check)
  const whole = checks.filter((check) => !isOfSlice(check)).map(({ subject }) => subject)
  // A column that drifted in all rows is not named again for their groups.
  const told = [...sorted, ...checks].filter(
    (c) => !isOfSlice(c) || !whole.includes(textAt(c.evidence, 'column') ?? ''),
  )
  const all = [...new Set(told.map(({ subject, title, id }) => subject || title || id))]
  const shown = all.slice(0, all.length === mostNames + 1 ? mostNames + 1 : mostNames).map((name) => clip(name, 60))
  const left = all.length - shown.length
  return listed(left === 0 ? shown : [...shown, `${number(left)} more`])
}

function isOfSlice({ evidence }: Check): boolean {
  return textAt(evidence, 'slice') !== undefined
}

function listed(parts: string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
const capital = (text: string) => (/^(the|\d+) /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text)
