import * as z from 'zod'

const limit = z
  .strictObject({
    max_drop: z.number().gt(0).optional().describe('How much worse it may be, in its own unit.'),
    max_relative_drop: z.number().gt(0).optional().describe("How much worse it may be, as a share of the reference's."),
  })
  .refine((given) => (given.max_drop === undefined) !== (given.max_relative_drop === undefined), {
    message: 'give either max_drop or max_relative_drop',
  })

/** The names that `detectors` takes. */
export const detectorNames = ['adwin', 'ddm', 'eddm', 'page_hinkley'] as const
export type DetectorName = (typeof detectorNames)[number]

/** Rules of concept drift: how good the model still is, given the truth. `alpha` and the correction are the drift rules'. */
export const conceptRules = z.strictObject({
  metrics: z
    .record(z.string(), limit)
    .optional()
    .describe(
      'The metrics that are judged; default roc_auc (without scores, or without it in the reference, accuracy), of a regression the root mean squared error.',
    ),
  max_drop: z.number().gt(0).default(0.05).describe('For metrics within [0, 1], by default.'),
  max_relative_drop: z.number().gt(0).default(0.05).describe('For the others, by default.'),
  min_rows: z.int().min(2).default(30).describe('Labelled rows under which nothing is said of a metric.'),
  detectors: z
    .array(z.enum(detectorNames))
    .optional()
    .describe(
      'Change detectors over the stream of errors; default adwin and ddm, of a regression adwin and page_hinkley.',
    ),
})

export type ConceptRules = z.output<typeof conceptRules>
