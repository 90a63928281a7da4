import type { Comparison } from './comparison.ts'
import type { EvidentlyResult } from './evidently/index.ts'
import { short } from './figure.ts'
import { type Adjusted, atLeast, type Outcome, outcomesOf, type Yardstick } from './outcome.ts'

/** What a preset replaces in the default rule, and where it comes from. */
export interface Preset {
  /** Which part of the rule it is: two presets of one part exclude each other. */
  of: 'columns' | 'scores'
  /** Who gives the rule, and its numbers. */
  source: string
  /** What a column's values and nulls say. `evidently`: what Evidently says of the column. */
  outcomes(comparison: Comparison, adjusted: Adjusted, by: Yardstick, evidently: EvidentlyResult | undefined): Outcome[]
}

/**
 * The rules that the field's guides give, by name. They judge by a fixed limit, whatever the number of rows; the p-value and
 * what chance alone would give stand beside.
 */
export const presets = {
  psi: {
    of: 'columns',
    source:
      'N. Siddiqi, Credit Risk Scorecards (2006): PSI from 0.10 a moderate, from 0.25 a significant change; the guides retrain on any above 0.25, or a mean above 0.10',
    outcomes: (comparison, adjusted, by) =>
      replaceValues(comparison, adjusted, by, ({ psi }) => [limited('psi', psi.psi, by.floor, by.significant)]),
  },
  'two-features': {
    of: 'columns',
    source: 'the guides: retrain when two or more features drift',
    outcomes: outcomesOf,
  },
  score: {
    of: 'scores',
    source: 'the guides: a PSI of the scores above 0.20, or a mean shift above 3 percentage points',
    outcomes: (comparison, adjusted, by) =>
      comparison.kind === 'numeric'
        ? replaceValues(comparison, adjusted, by, ({ psi }) => [
            limited('psi', psi.psi, 0.2, 0.2),
            limited('mean_shift', Math.abs(comparison.meanShift ?? 0), 0.03, 0.03),
          ])
        : outcomesOf(comparison, adjusted, by),
  },
  evidently: {
    of: 'columns',
    source:
      'Evidently 0.7.23, DataDriftPreset: its test by type and size of the reference, its thresholds, drift from half the columns on',
    outcomes: (comparison, adjusted, by, evidently) =>
      evidently === undefined
        ? outcomesOf(comparison, adjusted, by)
        : [byEvidently(evidently, comparison, adjusted, by)],
  },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof presets

/** The rules that the guides give for rows whose truth is known, judged with chance told apart. */
export const truthPresets = {
  'auc-drop': {
    of: 'performance',
    source: 'the guides: retrain when the AUC has fallen by more than 0.05',
    metrics: { roc_auc: { max_drop: 0.05 } },
  },
  'auc-drop-1-percent': {
    of: 'performance',
    source: 'the guides: retrain when the AUC has fallen by more than 1 %',
    metrics: { roc_auc: { max_relative_drop: 0.01 } },
  },
  'label-rate': { of: 'label', source: 'the guides: retrain when the rate of the label has changed by more than 20 %' },
} as const

export type TruthPresetName = keyof typeof truthPresets

/** The column as Evidently judges it, beside the default's own figures. */
function byEvidently(
  { method, kind, score, threshold, drifted, undefined: reason }: EvidentlyResult,
  comparison: Comparison,
  adjusted: Adjusted,
  by: Yardstick,
): Outcome {
  const [own] = outcomesOf(comparison, adjusted, by)
  const isP = kind === 'p_value'
  return {
    of: 'values',
    effect: { name: 'psi_above_null', value: 0, threshold: by.floor, significant: by.significant },
    adjusted: 1,
    test: 'chi2',
    ...own,
    level: drifted ? 'moderate' : 'none',
    limit: {
      observed: score === null ? 'no number' : `${method} ${isP ? 'p ' : ''}${short(score)}`,
      expected: `${isP ? 'p above' : 'a distance under'} ${threshold ?? by.alpha}`,
    },
    ...(reason === undefined ? {} : { undefined: reason }),
  }
}

type Effect = Outcome['effect']

/** An effect judged by limits alone: beyond them it is drift. */
function limited(name: Effect['name'], value: number, threshold: number, significant: number): Effect {
  return { name, value, threshold, significant }
}

const MEASURES: Partial<Record<Effect['name'], string>> = { psi: 'PSI', mean_shift: 'mean shift' }

function replaceValues(
  comparison: Comparison,
  adjusted: Adjusted,
  by: Yardstick,
  effects: (value: NonNullable<Comparison['value']>) => Effect[],
): Outcome[] {
  const byDefault = outcomesOf(comparison, adjusted, by)
  const { value } = comparison
  if (value === undefined) return byDefault
  const found = effects(value).map((effect): Outcome => {
    // Beyond a limit, as the rules are written; the default's floors count from the limit on.
    const level = effect.value > effect.threshold ? atLeast(effect.value > effect.significant) : 'none'
    const limit = level === 'significant' ? effect.significant : effect.threshold
    const called = MEASURES[effect.name]!
    return {
      of: 'values',
      level,
      effect,
      adjusted: adjusted.value ?? 1,
      test: value.test,
      limit: { observed: `${called} ${short(effect.value)}`, expected: `a ${called} of at most ${limit}` },
    }
  })
  return [...found, ...byDefault.filter(({ of }) => of === 'nulls')]
}
