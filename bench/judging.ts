import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.ts'

/** How a run of data-validate ended. */
export interface Judged {
  /** 0, 1 or 2 as DESIGN has it; undefined where it was stopped after its time. */
  exit: number | undefined
  verdict: string
  /** The code and the sentence of an error. */
  code: string
  message: string
  rows: string
  /** Seconds from start to end, and of all processors. */
  wall: number
  cpu: number
  /** MB. */
  peak: number
}

/** Bundles data-validate from its sources into a folder and gives the program. */
export async function bundledAction(folder: string): Promise<string> {
  const program = join(folder, 'data-validate.mjs')
  await bundle(fileURLToPath(new URL('data-validate.ts', import.meta.url)), program)
  return program
}

/** Runs data-validate in a workspace, as a laptop would; GNU time measures it. It is stopped after so many seconds. */
export function judge(
  program: string,
  workspace: string,
  inputs: Record<string, string>,
  { seconds = 600, prefix = [] as string[] } = {},
): Promise<Judged> {
  const temp = join(workspace, '..', 'temp')
  mkdirSync(temp, { recursive: true })
  const output = join(temp, 'outputs')
  writeFileSync(output, '')
  const env = {
    PATH: process.env.PATH,
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: temp,
    GITHUB_OUTPUT: output,
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  }
  const began = performance.now()
  const words = [
    '-k',
    '5',
    String(seconds),
    'env',
    'time',
    '-q',
    '-f',
    '%U %S %M',
    ...prefix,
    process.execPath,
    program,
  ]
  const child = spawn('timeout', words, { env, cwd: workspace, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      const wall = (performance.now() - began) / 1000
      const [user, system, kilobytes] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
      const outputs = outputsIn(output)
      const report = outputs.get('verdict') === 'error' ? readFileSync(outputs.get('report-json')!, 'utf8') : '{}'
      const { code: error = '', message = '' } = JSON.parse(report) as { code?: string; message?: string }
      resolve({
        exit: code === 124 || code === 137 ? undefined : (code ?? undefined),
        verdict: outputs.get('verdict') ?? 'none',
        code: error,
        message,
        rows: outputs.get('rows') ?? '',
        wall,
        cpu: user! + system!,
        peak: kilobytes! / 1024,
      })
    })
  })
}

/** What an action wrote to GITHUB_OUTPUT. */
function outputsIn(file: string): Map<string, string> {
  try {
    const text = readFileSync(file, 'utf8')
    return new Map(
      [...text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [name!, value!]),
    )
  } catch {
    return new Map()
  }
}
