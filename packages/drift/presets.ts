/**
 * The rules that the field's guides give, by name: which part of the default rule each replaces (two of one part exclude each
 * other), and who gives it and its numbers. What they judge stands in by-preset.ts; the rules of mlops.yaml need the names alone.
 */
export const presets = {
  psi: {
    of: 'columns',
    source:
      'N. Siddiqi, Credit Risk Scorecards (2006): PSI from 0.10 a moderate, from 0.25 a significant change; the guides retrain on any above 0.25, or a mean above 0.10',
  },
  'two-features': { of: 'columns', source: 'the guides: retrain when two or more features drift' },
  score: {
    of: 'scores',
    source: 'the guides: a PSI of the scores above 0.20, or a mean shift above 3 percentage points',
  },
  evidently: {
    of: 'columns',
    source:
      'Evidently 0.7.23, DataDriftPreset: its test by type and size of the reference, its thresholds, drift from half the columns on',
  },
} as const

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
