import type { Task } from '@mlops-actions/metrics'
import { UserError } from '@mlops-actions/verdict'

/** serving.json: what a served model is called and how its rows and answers read. */
export interface Description {
  schema: 'mlops-actions/serving@1'
  name: string
  version: string
  /** Absent: answers are the model's raw outputs. */
  task?: Task
  /** Order of a matrix input's columns, where the model's metadata do not give it. */
  features?: string[]
  /** Fields that may be null in a request: those that had nulls in the data the model was made with. */
  nullable: string[]
}

/**
 * Reads serving.json.
 * @throws UserError SERVING_INVALID
 */
export function parseDescription(text: string, origin: string): Description {
  try {
    const read = JSON.parse(text) as Description
    const names = (list: unknown) => Array.isArray(list) && list.every((name) => typeof name === 'string')
    const known = typeof read.name === 'string' && typeof read.version === 'string' && names(read.nullable)
    const features = read.features === undefined || names(read.features)
    if (read.schema === 'mlops-actions/serving@1' && known && features && isTask(read.task)) return read
  } catch {
    // Said below, with what to do.
  }
  throw new UserError({
    code: 'SERVING_INVALID',
    message: `${origin} is not a serving.json of this pack.`,
    where: { file: origin },
    help: 'Build the folder again with build-serving-image, or write {"schema": "mlops-actions/serving@1", "name": ..., "version": ..., "nullable": []}.',
  })
}

function isTask(task: Task | undefined): boolean {
  if (task === undefined || task.type === 'regression') return true
  if (task.type === 'binary') return typeof task.positive === 'string' && typeof task.negative === 'string'
  return task.type === 'multiclass' && Array.isArray(task.classes) && task.classes.every((c) => typeof c === 'string')
}

/** The classes of a classifier's task, as @mlops-actions/onnx orders them; undefined for a regression. */
export function classesOf(task: Task): string[] | undefined {
  if (task.type === 'binary') return [task.negative, task.positive]
  return task.type === 'multiclass' ? task.classes : undefined
}
