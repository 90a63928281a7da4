import { driftRules, retrainPolicy } from '@mlops-actions/drift'
import { comparisonRules, gateRules } from '@mlops-actions/gate'
import { promotionPolicy } from '@mlops-actions/registry'
import * as z from 'zod'

/** What no tool can know of a model: the words of its card. */
const words = z.string().max(4000)
const card = z.strictObject({
  description: words.optional().describe('What the model does, in a paragraph.'),
  contact: words.optional().describe('Who answers questions about it.'),
  license: words.optional().describe('Its licence as Hugging Face lists them, e.g. apache-2.0, or any other name.'),
  intended_use: words.optional().describe('What it is made for, and for whom.'),
  out_of_scope: words.optional().describe('What it must not be used for.'),
  factors: words.optional().describe('Groups, instruments and environments in which it may behave differently.'),
  ethical_considerations: words.optional().describe('Risks and harms, and what was done about them.'),
  limitations: words.optional().describe('Where it fails, and what to do about it.'),
})

const word = z.union([z.string(), z.number(), z.boolean()]).transform(String)

/** mlops.yaml: one file for one model's project. Every key is optional; unknown keys are errors. */
export const settingsSchema = z.strictObject({
  model: z.string().optional().describe('Name of the model in the registry.'),
  task: z
    .strictObject({
      type: z.enum(['binary', 'multiclass', 'regression']).optional(),
      label: z.string().optional().describe('The column to predict.'),
      positive: word.optional().describe('The class of interest of a binary task.'),
      id: z.string().optional().describe('The column that names a row.'),
    })
    .optional(),
  card: card.optional().describe('The model card’s words; what is missing is "not stated" there.'),
  features: z.array(z.string()).min(1).optional().describe('Column order of a model with one matrix input.'),
  data: z
    .strictObject({
      train: z.string().optional(),
      holdout: z
        .string()
        .optional()
        .describe('Rows that no model is trained on; candidate and production are compared on them.'),
      sensitive: z.array(z.string()).optional().describe('Columns whose values never leave the job unhashed.'),
      categorical: z.array(z.string()).optional().describe('Integer columns that are codes, not quantities.'),
      delimiter: z.string().length(1).optional().describe('Between the cells of CSV files of data; default a comma.'),
      encoding: z.enum(['utf-8', 'latin-1']).optional().describe('Of CSV and TSV files of data; default utf-8.'),
    })
    .optional(),
  suite: z.string().optional().describe('Path of the suite of expectations.'),
  train: z.strictObject({ command: z.string().optional(), model_file: z.string().optional() }).optional(),
  predictions: z.record(z.string(), z.string()).optional().describe('Column names of prediction files: ours -> yours.'),
  gate: gateRules.optional(),
  comparison: comparisonRules.optional(),
  promotion: promotionPolicy.optional(),
  drift: driftRules.optional(),
  retrain: retrainPolicy.optional().describe('What a drift check may start with on-drift: dispatch, and how often.'),
  golden: z.boolean().optional().describe('false: register without golden rows (warned).'),
  min_category_count: z.int().min(1).optional(),
  onnxruntime_path: z.string().optional().describe('Folder of an installed onnxruntime-node.'),
})

export type SettingsValues = z.output<typeof settingsSchema>
