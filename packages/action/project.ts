import { loadRuntime } from '@mlops-actions/onnx'
import type { Project } from '@mlops-actions/references'
import type { ReadOptions } from '@mlops-actions/table'
import type { Context } from './definition.ts'

type AnyContext = Pick<Context<never, never>, 'settings' | 'roots' | 'environment' | 'log'>

/** What the inputs and mlops.yaml say of the task and its models; an input wins over mlops.yaml. */
export function projectOf(
  a: AnyContext,
  given: { label?: string | undefined; positive?: string | undefined; task?: Project['task']['type'] } = {},
): Project {
  const { values, resolve } = a.settings
  const { task = {} } = values
  return {
    roots: a.roots,
    task: {
      type: given.task ?? task.type,
      label: given.label ?? task.label,
      positive: given.positive ?? task.positive,
      id: task.id,
    },
    features: values.features,
    predictions: values.predictions,
    writing: writingOf(a),
    runtime: () =>
      loadRuntime({
        workspace: a.environment.workspace,
        ...(values.onnxruntime_path === undefined ? {} : { configured: resolve(values.onnxruntime_path) }),
        ...(a.environment.toolCache === undefined ? {} : { toolCache: a.environment.toolCache }),
        notice: (message) => a.log.info(message),
      }),
  }
}

/** How the project writes its CSV files of data, where mlops.yaml says so. */
export function writingOf({ settings }: Pick<AnyContext, 'settings'>): Pick<ReadOptions, 'delimiter' | 'encoding'> {
  const { delimiter, encoding } = settings.values.data ?? {}
  return { delimiter, encoding }
}
