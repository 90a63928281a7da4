import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installedRuntime, loadRuntime } from '@mlops-actions/onnx'
import { UserError } from '@mlops-actions/verdict'
import { readConfig } from './config.ts'
import { loadModel } from './model.ts'
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
  console.log(`listening on http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`)

  const model = await loadModel(config.modelDir, runtime)
  server.serve(model)
  const { name, version: served } = model.description
  const checked = model.checks.length > 0 ? 'its golden rows agree' : 'no golden.json: its answers were not checked'
  console.log(`ready: ${name} ${served} with onnxruntime-node ${runtime.version}; ${checked}`)
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
