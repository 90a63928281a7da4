import * as z from 'zod'

/** Presets that are named in the field but not judged here yet. */
const OTHER_PRESETS = ['psi', 'evidently', 'two-features']

/** Rules of a drift check. `floor` and `significant` are effects: PSI above its null expectation, or a difference of null shares. */
export const driftRules = z
  .strictObject({
    preset: z
      .literal('default', {
        error: ({ input }) =>
          OTHER_PRESETS.includes(String(input))
            ? `the preset ${input} is not supported; supported: default (not supported: ${OTHER_PRESETS.join(', ')})`
            : `${JSON.stringify(input)} is no preset; supported: default`,
      })
      .default('default'),
    alpha: z.number().gt(0).lt(1).default(0.05),
    correction: z
      .literal('holm', {
        error: ({ input }) => `the correction ${JSON.stringify(input)} is not supported; supported: holm`,
      })
      .default('holm'),
    floor: z.number().gt(0).default(0.1),
    significant: z.number().gt(0).default(0.25),
  })
  .refine((rules) => rules.significant >= rules.floor, {
    path: ['significant'],
    message: 'significant must be at least the floor',
  })

export type DriftRules = z.output<typeof driftRules>

/** Effects of class labels and predictions: the largest difference of a class's share. */
export const CLASS_FLOORS = { floor: 0.05, significant: 0.2 }
