import { readFile } from 'node:fs/promises'
import { dataset, type Roots, shownPath } from '@mlops-actions/files'
import {
  type ColumnNames,
  type Predictions,
  readPredictions,
  settleLabel,
  settleTask,
  type Task,
  type TaskGiven,
} from '@mlops-actions/metrics'
import { columnTypes, inputLayout, type LocalModel, predict, type Runtime, readSignature } from '@mlops-actions/onnx'
import { type ReadOptions, readTable, type Table, valueAt } from '@mlops-actions/table'

/** What the project says about its task and its models; nothing of it is needed where the data settle it. */
export interface Project {
  roots: Roots
  task: TaskGiven & { id?: string | undefined }
  /** Column order of a model with one matrix input. */
  features?: string[] | undefined
  /** Names of columns in prediction files, ours -> theirs. */
  predictions?: ColumnNames | undefined
  /** How CSV files of data are written; files of predictions have commas and are UTF-8. */
  writing?: Pick<ReadOptions, 'delimiter' | 'encoding'>
  /** Finds onnxruntime; asked only where a model is run. */
  runtime(): Promise<Runtime>
}

export interface OpenedPredictions {
  predictions: Predictions
  /** Fingerprint of the file of predictions, or of the data that the model was run on. */
  fingerprint: string
}

/** The predictions in a file that training, or anything else, has written. */
export async function openPredictionFile(path: string, project: Project): Promise<OpenedPredictions> {
  const { sources, fingerprint } = await dataset([path], project.roots)
  const predictions = await readPredictions(await readTable(sources), project.task, project.predictions, path)
  return { predictions, fingerprint }
}

/**
 * Runs models on the same rows, each in a child process, and gives each one's predictions in the order of the models.
 * The label, where the project does not name it, is the one column that is no input of any of the models.
 *
 * @param slices columns to keep beside the predictions
 */
export async function predictWith(
  models: LocalModel[],
  data: string[],
  project: Project,
  slices: string[] = [],
): Promise<{ predictions: Predictions[]; fingerprint: string }> {
  const { sources, fingerprint } = await dataset(data, project.roots)
  const layouts = await Promise.all(
    models.map(async (model) =>
      inputLayout(
        readSignature(await readFile(model.path), await shownPath(model.path, project.roots)),
        project.features,
      ),
    ),
  )
  const asText = Object.assign({}, ...layouts.map(columnTypes)) as Record<string, 'text'>
  const table = await readTable(sources, { ...project.writing, types: asText })
  const columns = table.schema.map((column) => column.name)
  const inputs = layouts.flat().flatMap((layout) => layout.columns)
  const label = settleLabel({ label: project.task.label, id: project.task.id, columns, inputs })
  const task = await settleFrom(table, { ...project.task, label })
  const runtime = await project.runtime()
  const options = {
    runtime,
    slices,
    ...(project.features ? { features: project.features } : {}),
    ...(project.task.id ? { id: project.task.id } : {}),
  }
  const predictions: Predictions[] = []
  for (const model of models) predictions.push(await predict(model, table, task, options))
  return { predictions, fingerprint }
}

async function settleFrom(table: Table, given: TaskGiven & { label: string }): Promise<Task> {
  const values = new Set<string | number>()
  for await (const { columns, rows } of table.batches([given.label])) {
    const column = columns[0]!
    for (let row = 0; row < rows; row++) {
      const value = valueAt(column, row)
      if (value !== null) values.add(value)
    }
  }
  return settleTask(given, values)
}
