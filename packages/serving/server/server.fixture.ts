import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Task } from '@mlops-actions/metrics'
import type { Golden } from '@mlops-actions/onnx'
import { csv, fixture } from '../../onnx/fixtures/fixture.ts'
import type { Description } from '../description.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const churn: Task = { type: 'binary', label: 'churn', positive: 'yes', negative: 'no' }
export const description: Description = {
  schema: 'mlops-actions/serving@1',
  name: 'churn',
  version: 'v1.0.0',
  task: churn,
  nullable: ['total_charges'],
}
/** Servers of this file of tests, to be killed after them. */
export const started: ChildProcess[] = []

export interface Running {
  url: string
  process: ChildProcess
  output(): string
  exit: Promise<number | null>
}

/** A folder as the server is given it. */
export function modelFolder(name: string, of: Description, golden?: Golden): string {
  const folder = mkdtempSync(join(tmpdir(), 'serving-'))
  copyFileSync(fixture(name), join(folder, 'model.onnx'))
  writeFileSync(join(folder, 'serving.json'), JSON.stringify(of))
  if (golden) writeFileSync(join(folder, 'golden.json'), JSON.stringify(golden))
  return folder
}

export function start(folder: string, env: Record<string, string> = {}): Running {
  const node = join(root, 'node_modules', 'node', 'bin', 'node')
  const child = spawn(node, [join(root, 'packages/serving/server/main.ts')], {
    env: { PATH: process.env.PATH, MODEL_DIR: folder, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const exit = new Promise<number | null>((ended) => child.once('close', (code) => ended(code)))
  return { url: '', process: child, output: () => output, exit }
}

export async function serve(folder: string, env: Record<string, string> = {}): Promise<Running> {
  const running = start(folder, env)
  let over = false
  void running.exit.then(() => {
    over = true
  })
  while (!/^ready: /m.test(running.output())) {
    if (over) throw new Error(running.output())
    await new Promise((wait) => setTimeout(wait, 20))
  }
  return { ...running, url: /http:\S+/.exec(running.output())![0] }
}

export async function ask(url: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    ...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith('{') ? JSON.parse(text) : undefined,
  }
}

/** The churn rows as JSON; an empty cell is null. */
export function churnRows(): Record<string, number | string | null>[] {
  const { header, rows } = csv('churn-rows.csv')
  return rows.map((row) =>
    Object.fromEntries(
      row.map((cell, i) => [header[i]!, cell === '' ? null : Number.isNaN(Number(cell)) ? cell : Number(cell)]),
    ),
  )
}
