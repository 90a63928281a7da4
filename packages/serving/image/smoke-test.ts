import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { compareGolden, type Golden, type GoldenTensor, tensorsFromJson } from '@mlops-actions/onnx'
import { type Check, check } from '@mlops-actions/verdict'
import type { Description } from '../description.ts'
import type { BuildContext } from './build-context.ts'

/** The longest that a server may take to become ready, and to end. */
const patience = 60_000

/**
 * Starts the server of a build context as the image will (the same files, this machine's Node.js and no variable of the
 * job), and checks that it becomes ready, answers its golden rows over the Open Inference Protocol, and ends with 0 on
 * SIGTERM. For a context of this machine's own platform.
 */
export async function smokeTest(context: BuildContext, description: Description, golden?: Golden): Promise<Check[]> {
  const app = join(context.folder, 'app')
  const server = spawn(process.execPath, [join(app, 'server', 'index.js')], {
    cwd: app,
    env: { PATH: process.env.PATH, MODEL_DIR: join(app, 'model'), PORT: '0', ORT_DISABLE_TELEMETRY: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-20_000)
    })
  }
  const ended = new Promise<string>((end) => {
    server.once('close', (code, signal) => end(signal ?? `exit code ${code}`))
    server.once('error', (error) => end(error.message))
  })
  const deadline = setTimeout(() => server.kill('SIGKILL'), patience)
  try {
    const url = await readyUrl(() => output, ended)
    const ready = check(url !== undefined, {
      id: 'image.ready',
      title: 'The server of the image becomes ready',
      subject: description.name,
      observed: url === undefined ? `it ended with ${await ended}: ${lastLine(output)}` : 'ready',
      expected: 'ready within 60 seconds',
    })
    if (url === undefined) return [ready]
    const checks = golden === undefined ? [ready] : [ready, ...(await answersGolden(url, description, golden))]
    server.kill('SIGTERM')
    const end = await ended
    const stops = check(end === 'exit code 0', {
      id: 'image.stop',
      title: 'The server ends by itself on SIGTERM',
      subject: description.name,
      observed: end,
      expected: 'exit code 0',
    })
    return [...checks, stops]
  } finally {
    clearTimeout(deadline)
    server.kill('SIGKILL')
  }
}

async function readyUrl(output: () => string, ended: Promise<string>): Promise<string | undefined> {
  let over = false
  void ended.then(() => {
    over = true
  })
  while (!over) {
    if (/^ready: /m.test(output())) return /http:\S+/.exec(output())?.[0]
    await new Promise((wait) => setTimeout(wait, 20))
  }
  return undefined
}

const datatypes: Partial<Record<string, string>> = { float32: 'FP32', float64: 'FP64', bool: 'BOOL', string: 'BYTES' }

/** The golden rows over HTTP: what the server answers must be what the model answered. */
async function answersGolden(url: string, description: Description, golden: Golden): Promise<Check[]> {
  const inputs = golden.inputs.map(({ name, type, shape, data }) => ({
    name,
    datatype: datatypes[type] ?? type.toUpperCase(),
    shape,
    data,
  }))
  const response = await fetch(`${url}/v2/models/${encodeURIComponent(description.name)}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ inputs }),
  })
  if (!response.ok) {
    const observed = `HTTP ${response.status}: ${(await response.text()).slice(0, 400)}`
    const title = 'The server answers the golden rows over HTTP'
    return [check(false, { id: 'image.answer', title, subject: description.name, observed, expected: 'HTTP 200' })]
  }
  const { outputs } = (await response.json()) as { outputs: Omit<GoldenTensor, 'type'>[] }
  const typed = golden.outputs.flatMap(({ name, type }) =>
    outputs.filter((output) => output.name === name).map((output) => ({ ...output, type })),
  )
  return compareGolden(golden, tensorsFromJson(typed)).map((one) => ({ ...one, id: `image.${one.id}` }))
}

function lastLine(output: string): string {
  return (output.trim().split('\n').at(-1) ?? '').slice(0, 400)
}
