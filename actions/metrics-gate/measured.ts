import { projectOf } from '@mlops-actions/action'
import { digestFile, insidePath, readText } from '@mlops-actions/files'
import { evaluate, evaluateSlices, type Metric, type Predictions, parseMetrics } from '@mlops-actions/metrics'
import { openPredictionFile, predictWith } from '@mlops-actions/references'
import { type Subject, UserError } from '@mlops-actions/verdict'
import type { GateContext } from './inputs.ts'

/** What is to be judged, and what the figures belong to. */
export interface Measured {
  metrics: Metric[]
  subject: Subject
  /** For the report: where the figures come from. */
  from: string
}

/**
 * The metrics to judge, from the first of: a metrics file, a predictions file, a model run on data here, the run of this
 * job. Two of them at once are an error: it would not be clear which was judged.
 *
 * @param names metrics that rules ask for, so that only these are measured
 * @param slices columns that rules ask for groups of
 */
export async function measured(a: GateContext, names: string[], slices: string[]): Promise<Measured> {
  const { inputs } = a
  refuseMixtures(inputs)
  const run = await a.job.run()
  const ofRun = { run: run?.id ?? null, model: run?.model_file?.sha256 ?? null }
  if (inputs.metrics !== undefined) {
    const metrics = parseMetrics(await readText(inputs.metrics, a.roots), inputs.metrics)
    return { metrics, subject: ofRun, from: inputs.metrics }
  }
  const project = projectOf(a, {
    label: inputs.label,
    positive: inputs.positive,
    task: inputs.task === 'auto' ? undefined : inputs.task,
  })
  if (inputs.predictions !== undefined) {
    const { predictions, fingerprint } = await openPredictionFile(inputs.predictions, project)
    const { sha256 } = await digestFile(await insidePath(inputs.predictions, a.roots))
    return {
      metrics: measure(predictions, names, slices),
      subject: { ...ofRun, predictions: sha256, data: fingerprint },
      from: inputs.predictions,
    }
  }
  if (inputs['model-file'] !== undefined) {
    const path = await insidePath(inputs['model-file'], a.roots)
    const { sha256 } = await digestFile(path)
    const { predictions, fingerprint } = await predictWith([{ path, sha256 }], inputs.data, project, slices)
    const subject = { run: run?.model_file?.sha256 === sha256 ? run.id : null, model: sha256, data: fingerprint }
    return {
      metrics: measure(predictions[0]!, names, slices),
      subject,
      from: `${inputs['model-file']} on ${inputs.data.join(', ')}`,
    }
  }
  if (!run) throw nothingToJudge()
  const reported = Object.fromEntries(Object.entries(run.metrics).map(([name, { value }]) => [name, value]))
  return { metrics: parseMetrics(JSON.stringify(reported), `run ${run.id}`), subject: ofRun, from: `run ${run.id}` }
}

function measure(predictions: Predictions, names: string[], slices: string[]): Metric[] {
  const whole = evaluate(predictions)
  return slices.length === 0 ? whole : [...whole, ...evaluateSlices(predictions, slices, { metrics: names })]
}

function refuseMixtures(inputs: GateContext['inputs']): void {
  const given = (['metrics', 'predictions', 'model-file'] as const).filter((name) => inputs[name] !== undefined)
  if (given.length > 1) {
    throw new UserError({
      code: 'INPUT_COMBINATION',
      message: `The inputs ${given.map((name) => `"${name}"`).join(' and ')} exclude each other.`,
      where: { key: given[1]! },
      help: 'Give the one that is to be judged.',
    })
  }
  if ((inputs['model-file'] !== undefined) !== inputs.data.length > 0) {
    throw new UserError({
      code: 'INPUT_COMBINATION',
      message: 'The inputs "model-file" and "data" go together: the model is run on the data.',
      where: { key: inputs.data.length > 0 ? 'model-file' : 'data' },
      help: 'Give both, or neither.',
    })
  }
}

function nothingToJudge(): UserError {
  return new UserError({
    code: 'METRICS_MISSING',
    message: 'There are no metrics to judge: no input names any, and this job has no run.',
    help: 'Run train-track before, or give "metrics", "predictions", or "model-file" with "data".',
  })
}
