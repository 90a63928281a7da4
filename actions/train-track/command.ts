import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { win32 } from 'node:path'
import { UserError } from '@mlops-actions/verdict'

export interface CommandEnd {
  exitCode: number
  start: Date
  end: Date
  /** Largest sum of resident memory of the command and its children, sampled; null where the system does not tell. */
  peakMemoryBytes: number | null
}

/**
 * Runs the user's training command in bash, as a `run:` step would, with its output passed through. The child sees neither
 * this action's inputs nor the runner's tokens: training code has no business with them.
 */
export async function runCommand(
  command: string,
  directory: string,
  extra: Record<string, string>,
): Promise<CommandEnd> {
  const start = new Date()
  const child = spawn(
    bash(process.platform, process.env, existsSync),
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', command],
    {
      cwd: directory,
      env: { ...withoutTokens(process.env), ...extra },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  let peak = 0
  const sample = setInterval(() => {
    peak = Math.max(peak, child.pid === undefined ? 0 : residentBytes(child.pid))
  }, 100)
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(notStarted(error)))
      child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)))
    })
    return { exitCode, start, end: new Date(), peakMemoryBytes: peak === 0 ? null : peak }
  } finally {
    clearInterval(sample)
  }
}

/**
 * The bash that a `run:` step has: on Windows Git's own, because the first one on the PATH may be that of a Windows
 * Subsystem for Linux without a Linux.
 */
export function bash(platform: string, env: NodeJS.ProcessEnv, exists: (path: string) => boolean): string {
  if (platform !== 'win32') return 'bash'
  const git = win32.join(env.ProgramFiles ?? 'C:\\Program Files', 'Git', 'bin', 'bash.exe')
  return exists(git) ? git : 'bash'
}

function notStarted(error: NodeJS.ErrnoException): unknown {
  if (error.code !== 'ENOENT') return error
  return new UserError({
    code: 'BASH_MISSING',
    message: 'The training command was not started: this machine has no bash.',
    where: { key: 'command' },
    help: 'Install bash: on Windows it comes with Git for Windows, in Alpine with apk add bash.',
    cause: error,
  })
}

function withoutTokens(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(INPUT_|STATE_|ACTIONS_RUNTIME_|ACTIONS_RESULTS_|ACTIONS_ID_TOKEN_)/.test(name),
  )
  return Object.fromEntries(kept)
}

/** Resident memory of a process and its descendants, from Linux's /proc; 0 elsewhere. */
function residentBytes(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter((word) => word !== '')
    return pages * 4096 + children.reduce((sum, child) => sum + residentBytes(Number(child)), 0)
  } catch {
    return 0
  }
}
