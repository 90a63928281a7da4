import type { Check } from '@mlops-actions/verdict'
import type { EvidentlyDrift } from './evidently/index.ts'
import { short } from './figure.ts'
import type { DriftLevel } from './outcome.ts'
import { type PresetName, presets } from './presets.ts'

/** A column, as the rules over all of them see it. */
export interface JudgedColumn {
  name: string
  level: DriftLevel
  psi: number | undefined
}

export interface WholeCheck {
  check: Check
  level: DriftLevel
}

/** Above it the mean of all PSI is a reason to retrain, by the preset `psi`. */
const MEAN_PSI = 0.1
/** So many drifted features are a reason to retrain, by the preset `two-features`. */
const FEATURES = 2

/** What a preset says of all the features together. `evidently`: what Evidently says of all its columns. */
export function judgeWhole(
  preset: PresetName | undefined,
  features: JudgedColumn[],
  evidently: EvidentlyDrift | undefined,
): WholeCheck[] {
  if (evidently !== undefined) return [shareOf(evidently)]
  if (preset === 'psi') return meanPsi(features)
  if (preset === 'two-features') return [countOf(features)]
  return []
}

function meanPsi(features: JudgedColumn[]): WholeCheck[] {
  const measured = features.flatMap(({ psi }) => psi ?? [])
  if (measured.length === 0) return []
  const mean = measured.reduce((a, b) => a + b, 0) / measured.length
  return [
    whole('mean_psi', mean > MEAN_PSI, {
      title: `Mean PSI of the features: ${short(mean)}`,
      observed: `mean PSI ${short(mean)} over ${measured.length} features`,
      expected: `at most ${MEAN_PSI}`,
      evidence: { mean_psi: mean, features: measured.length, threshold: MEAN_PSI, source: presets.psi.source },
    }),
  ]
}

function countOf(features: JudgedColumn[]): WholeCheck {
  const drifted = features.filter(({ level }) => level !== 'none').map(({ name }) => name)
  return whole('two_features', drifted.length >= FEATURES, {
    title: `${drifted.length} of ${features.length} features drifted`,
    observed: drifted.length === 0 ? 'none' : drifted.slice(0, 10).join(', '),
    expected: `fewer than ${FEATURES}`,
    evidence: {
      drifted: drifted.length,
      features: features.length,
      threshold: FEATURES,
      source: presets['two-features'].source,
    },
  })
}

function shareOf({ columns, drifted_columns, share, drift_share, drifted }: EvidentlyDrift): WholeCheck {
  return whole('drift_share', drifted, {
    title: `${drifted_columns} of ${columns.size} columns drifted`,
    observed: `a share of ${short(share)}`,
    expected: `a share under ${drift_share}`,
    evidence: { drifted: drifted_columns, columns: columns.size, share, drift_share, source: presets.evidently.source },
  })
}

function whole(
  id: string,
  drifted: boolean,
  rest: Pick<Check, 'title' | 'observed' | 'expected' | 'evidence'>,
): WholeCheck {
  return {
    level: drifted ? 'significant' : 'none',
    check: {
      id: `rule.${id}`,
      subject: 'all features',
      status: drifted ? 'failed' : 'passed',
      severity: 'failed',
      ...rest,
      evidence: { drift_kind: 'data', level: drifted ? 'significant' : 'none', ...rest.evidence },
    },
  }
}
