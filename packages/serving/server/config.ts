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
}

/** Flags `--model-dir`, `--port`, `--host` win over the variables MODEL_DIR, PORT, HOST. */
export function readConfig(args: string[], env: NodeJS.ProcessEnv): Config {
  const { values } = parseArgs({
    args,
    options: { 'model-dir': { type: 'string' }, port: { type: 'string' }, host: { type: 'string' } },
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
  }
}

function whole(name: string, text: string | undefined, fallback: number, least: number, most: number): number {
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new UserError({
    code: 'CONFIG_INVALID',
    message: `${name} is "${text}".`,
    where: { key: name },
    help: `Set it to a whole number from ${least} to ${most}.`,
  })
}
