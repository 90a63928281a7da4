import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

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
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', command], {
    cwd: directory,
    env: { ...withoutTokens(process.env), ...extra },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  let peak = 0
  const sample = setInterval(() => {
    peak = Math.max(peak, child.pid === undefined ? 0 : residentBytes(child.pid))
  }, 100)
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)))
    })
    return { exitCode, start, end: new Date(), peakMemoryBytes: peak === 0 ? null : peak }
  } finally {
    clearInterval(sample)
  }
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
