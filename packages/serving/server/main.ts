import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installedRuntime, loadRuntime } from '@mlops-actions/onnx'
import { UserError } from '@mlops-actions/verdict'
import { type Config, readConfig } from './config.ts'
import { LiveProfile } from './live-profile.ts'
import { loadModel, type ServedModel } from './model.ts'
import { openLogStream, PredictionLog } from './prediction-log.ts'
import { recordedColumns } from './recorded.ts'
import { Recorder } from './recorder.ts'
import { ModelServer } from './server.ts'
import { version } from './version.ts'

// Requests that are still under way this long after SIGTERM and draining are given up.
const patience = 20_000

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env)
  const here = dirname(fileURLToPath(import.meta.url))
  const runtime =
    config.runtime === undefined
      ? await installedRuntime(here)
      : await loadRuntime({ workspace: process.cwd(), configured: config.runtime })
  if (runtime === undefined) {
    throw new UserError({
      code: 'RUNTIME_NOT_FOUND',
      message: `There is no onnxruntime-node for ${process.platform} ${process.arch} beside the server.`,
      help: 'Set ONNXRUNTIME_PATH to the folder of the onnxruntime-node package.',
    })
  }
  const server = new ModelServer(config, version, (line) => console.error(line))
  const stop = () => {
    setTimeout(() => process.exit(1), config.drainSeconds * 1000 + patience).unref()
    void server.stop().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  await new Promise<void>((listening, failed) => {
    server.http.once('error', failed)
    server.http.listen(config.port, config.host, () => listening())
  })
  const address = server.http.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  // Where standard output is the prediction log, it holds nothing else.
  const say = config.predictionLog === '-' ? console.error : console.log
  say(`listening on http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`)

  const model = await loadModel(config.modelDir, runtime)
  server.serve(model, await openRecorder(model, config))
  const { name, version: served } = model.description
  const checked = model.checks.length > 0 ? 'its golden rows agree' : 'no golden.json: its answers were not checked'
  say(`ready: ${name} ${served} with onnxruntime-node ${runtime.version}; ${checked}`)
}

/** What takes note of served rows, where that was asked for. */
async function openRecorder(model: ServedModel, config: Config): Promise<Recorder | undefined> {
  const { predictionLog, predictionLogSample: share, profileToken, profileHours } = config
  if (predictionLog === undefined && profileToken === undefined) return undefined
  const recorded = recordedColumns(model)
  const columns = [...recorded.features, ...recorded.answers]
  const stream = predictionLog === undefined ? undefined : await openLogStream(predictionLog)
  const log = stream && new PredictionLog(stream, columns, model.description.version, console.error)
  const profile = profileToken === undefined ? undefined : new LiveProfile(columns, model.profiled, profileHours)
  return new Recorder(model, recorded, { log, share, profile }, console.error)
}

main().catch((error: unknown) => {
  console.error(
    error instanceof UserError
      ? `${error.code}: ${error.message} ${error.help}`
      : error instanceof Error
        ? error.stack
        : error,
  )
  process.exit(1)
})
