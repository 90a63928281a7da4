import * as z from 'zod'
import { methodNames, textMethods } from './method-names.ts'

const method = z.enum(methodNames, {
  error: ({ input }) =>
    textMethods.includes(String(input))
      ? `${input} is not supported: it trains a classifier on words; supported: ${methodNames.join(', ')}`
      : `${JSON.stringify(input)} is no method of Evidently's; supported: ${methodNames.join(', ')}`,
})
const threshold = z.number().nonnegative()
const columns = z.array(z.string())

function refused(what: string) {
  return z.never({ error: `${what} is not supported: free text and embeddings are not compared` }).optional()
}

/**
 * The parameters of Evidently's `DataDriftPreset` (0.7.23) under its own names, with its own precedence: a column's own before
 * its type's before that of all. `numerical_columns` and `categorical_columns` are those of its `DataDefinition`.
 */
export const evidentlyRules = z.strictObject({
  /** The columns to judge; all where it is absent. */
  columns: columns.optional(),
  numerical_columns: columns.default([]),
  categorical_columns: columns.default([]),
  method: method.optional(),
  num_method: method.optional(),
  cat_method: method.optional(),
  per_column_method: z.record(z.string(), method).default({}),
  threshold: threshold.optional(),
  num_threshold: threshold.optional(),
  cat_threshold: threshold.optional(),
  per_column_threshold: z.record(z.string(), threshold).default({}),
  /** Share of drifted columns from which the data drift. */
  drift_share: z.number().min(0).max(1).default(0.5),
  text_method: refused('text_method'),
  text_threshold: refused('text_threshold'),
  embeddings: refused('embeddings'),
  embeddings_drift_method: refused('embeddings_drift_method'),
})

export type EvidentlyRules = z.output<typeof evidentlyRules>
