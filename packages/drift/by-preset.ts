import type { Comparison } from './comparison.ts'
import type { EvidentlyResult } from './evidently/index.ts'
import { short } from './figure.ts'
import { type Adjusted, atLeast, type Outcome, outcomesOf, type Yardstick } from './outcome.ts'
import type { PresetName } from './presets.ts'

/**
 * What a column's values and nulls say by a preset. The presets judge by a fixed limit, whatever the number of rows; the
 * p-value and what chance alone would give stand beside.
 * @param evidently what Evidently says of the column
 */
export function outcomesBy(
  preset: PresetName | undefined,
  comparison: Comparison,
  adjusted: Adjusted,
  by: Yardstick,
  evidently: EvidentlyResult | undefined,
): Outcome[] {
  if (preset === 'psi') {
    return replaceValues(comparison, adjusted, by, ({ psi }) => [limited('psi', psi.psi, by.floor, by.significant)])
  }
  if (preset === 'score' && comparison.kind === 'numeric') {
    return replaceValues(comparison, adjusted, by, ({ psi }) => [
      limited('psi', psi.psi, 0.2, 0.2),
      limited('mean_shift', Math.abs(comparison.meanShift ?? 0), 0.03, 0.03),
    ])
  }
  if (preset === 'evidently' && evidently !== undefined) return [byEvidently(evidently, comparison, adjusted, by)]
  return outcomesOf(comparison, adjusted, by)
}

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
