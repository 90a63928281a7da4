import { parseArgs } from 'node:util'
import { UserError } from '@mlops-actions/verdict'

export interface Config {
  /** Folder with model.onnx, serving.json and, where there is one, golden.json. */
  modelDir: string
  host: string
  /** 0 takes a free one; the first line that the server writes names it. */
  port: number
  /** Folder of the onnxruntime-node package. Default: as Node.js finds it from the server's own folder. */
  runtime: string | undefined
  /** Rows that are run at once. */
  maxBatch: number
  /** Rows that may wait; beyond them requests get 429. */
  maxQueue: number
  /** Bytes of a request's body. */
  bodyLimit: number
  /** How long the server goes on serving after SIGTERM, with /ready at 503, so that load balancers turn away first. */
  drainSeconds: number
  /** File that served rows are logged to, `-` for standard output; not logged where absent. */
  predictionLog: string | undefined
  /** Share of the rows that are logged. */
  predictionLogSample: number
  /** What asks for /profile must show; without one there is no such route. */
  profileToken: string | undefined
  /** How long a served row counts in the profile. */
  profileHours: number
}

/**
 * Flags `--model-dir`, `--port`, `--host`, `--prediction-log`, `--prediction-log-sample` win over the variables of the same
 * names. A token has no flag: the machine's list of processes shows flags.
 */
export function readConfig(args: string[], env: NodeJS.ProcessEnv): Config {
  const { values } = parseArgs({
    args,
    options: {
      'model-dir': { type: 'string' },
      port: { type: 'string' },
      host: { type: 'string' },
      'prediction-log': { type: 'string' },
      'prediction-log-sample': { type: 'string' },
    },
  })
  const modelDir = values['model-dir'] ?? env.MODEL_DIR
  if (!modelDir) {
    throw new UserError({
      code: 'CONFIG_INVALID',
      message: 'MODEL_DIR is not set.',
      where: { key: 'MODEL_DIR' },
      help: 'Name the folder that holds model.onnx and serving.json, as MODEL_DIR or --model-dir.',
    })
  }
  return {
    modelDir,
    host: values.host ?? (env.HOST || '127.0.0.1'),
    port: whole('PORT', values.port ?? env.PORT, 8080, 0, 65535),
    runtime: env.ONNXRUNTIME_PATH || undefined,
    maxBatch: whole('MAX_BATCH', env.MAX_BATCH, 32, 1, 4096),
    maxQueue: whole('MAX_QUEUE', env.MAX_QUEUE, 2000, 1, 1_000_000),
    bodyLimit: whole('BODY_LIMIT', env.BODY_LIMIT, 8 * 2 ** 20, 1, 2 ** 30),
    drainSeconds: whole('DRAIN_SECONDS', env.DRAIN_SECONDS, 0, 0, 600),
    predictionLog: (values['prediction-log'] ?? env.PREDICTION_LOG) || undefined,
    predictionLogSample: share(
      'PREDICTION_LOG_SAMPLE',
      values['prediction-log-sample'] ?? env.PREDICTION_LOG_SAMPLE,
      1,
    ),
    profileToken: env.PROFILE_TOKEN || undefined,
    profileHours: whole('PROFILE_HOURS', env.PROFILE_HOURS, 24, 1, 8760),
  }
}

function share(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (/^\d*\.?\d+$/.test(text) && value > 0 && value <= 1) return value
  throw invalid(name, text, 'Set it to a number above 0 and at most 1, such as 0.1 for a tenth of the rows.')
}

function whole(name: string, text: string | undefined, fallback: number, least: number, most: number): number {
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw invalid(name, text, `Set it to a whole number from ${least} to ${most}.`)
}

function invalid(name: string, text: string, help: string): UserError {
  return new UserError({ code: 'CONFIG_INVALID', message: `${name} is "${text}".`, where: { key: name }, help })
}
