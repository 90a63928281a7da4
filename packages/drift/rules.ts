import * as z from 'zod'
import { conceptRules } from './concept-rules.ts'
import { correctionNames } from './correction.ts'
import { evidentlyRules } from './evidently/rules.ts'
import { type PresetName, presets, type TruthPresetName, truthPresets } from './presets.ts'

/** The names that `preset` takes. */
export const presetNames = ['default', ...Object.keys(presets), ...Object.keys(truthPresets)] as [
  'default',
  ...(PresetName | TruthPresetName)[],
]

const presetName = z.enum(presetNames, {
  error: ({ input }) => `${JSON.stringify(input)} is no preset; supported: ${presetNames.join(', ')}`,
})

/** Rules of a drift check. `floor` and `significant` are effects: PSI above its null expectation, or a difference of null shares. */
export const driftRules = z
  .strictObject({
    preset: z
      .union([presetName, z.array(presetName).min(1)], { error: (issue) => presetError(issue.input) })
      .transform((given) => [given].flat())
      .default(['default'])
      .describe('Whose rules judge: one for the columns, and beside it one each for scores, performance and label.'),
    alpha: z.number().gt(0).lt(1).default(0.05),
    correction: z
      .enum(correctionNames, {
        error: ({ input }) => `${JSON.stringify(input)} is no correction; supported: ${correctionNames.join(', ')}`,
      })
      .default('holm')
      .describe('How p-values are adjusted for the number of tests.'),
    floor: z.number().gt(0).default(0.1),
    significant: z.number().gt(0).default(0.25),
    ignore: z.array(z.string()).default([]).describe('Columns that are not compared, such as a day of the month.'),
    evidently: evidentlyRules
      .optional()
      .describe('Parameters of the preset evidently, by the names of its DataDriftPreset.'),
    concept: conceptRules
      .optional()
      .describe('How good the model still is, where the truth is known: which metrics may drop by how much.'),
    baseline: z
      .enum(['weekday', 'hour', 'month'])
      .optional()
      .describe('What is as usual on this day of the week, hour or month (UTC), by earlier checks, is no drift.'),
    consecutive: z
      .int()
      .min(1)
      .max(100)
      .default(1)
      .describe('How many checks in a row must find drift before it is called.'),
  })
  .refine((rules) => rules.significant >= rules.floor, {
    path: ['significant'],
    message: 'significant must be at least the floor',
  })
  .refine((rules) => new Set(rules.preset.map(partOf)).size === rules.preset.length, {
    path: ['preset'],
    message: 'two presets for the same part: name one for the columns, and one each for score, performance and label',
  })

export type DriftRules = z.output<typeof driftRules>

/** Effects of class labels and predictions: the largest difference of a class's share. */
export const CLASS_FLOORS = { floor: 0.05, significant: 0.2 }

/** The preset that replaces a part of the default rule, where one does. */
export function presetOf({ preset }: Pick<DriftRules, 'preset'>, part: 'columns' | 'scores'): PresetName | undefined {
  return preset.find((name): name is PresetName => name in presets && partOf(name) === part)
}

/** The preset of the guides for rows whose truth is known, where one is asked for. */
export function truthPresetOf(
  { preset }: Pick<DriftRules, 'preset'>,
  part: 'performance' | 'label',
): TruthPresetName | undefined {
  return preset.find((name): name is TruthPresetName => name in truthPresets && partOf(name) === part)
}

function partOf(name: (typeof presetNames)[number]): string {
  return name === 'default' ? 'columns' : { ...presets, ...truthPresets }[name].of
}

function presetError(input: unknown): string {
  const named = [input].flat().find((name) => !presetNames.includes(name as PresetName))
  return `${JSON.stringify(named)} is no preset; supported: ${presetNames.join(', ')}`
}
