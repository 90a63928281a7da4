import { spawn } from 'node:child_process'

export interface Finished {
  exitCode: number
  stdout: string
  stderr: string
  durationMs: number
}

/** Runs a program with exactly this environment and no standard input; `onLine` gets every line of both streams. */
export function execute(
  command: string,
  args: string[],
  options: {
    cwd: string
    env: Record<string, string>
    signal?: AbortSignal | undefined
    onLine: (line: string) => void
  },
): Promise<Finished> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.signal ? { signal: options.signal, killSignal: 'SIGKILL' as const } : {}),
    })
    const collect = (stream: NodeJS.ReadableStream) => {
      const kept = { text: '', rest: '' }
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => {
        kept.text += chunk
        const lines = (kept.rest + chunk).split('\n')
        kept.rest = lines.pop()!
        for (const line of lines) options.onLine(line.replace(/\r$/, ''))
      })
      stream.on('end', () => {
        if (kept.rest !== '') options.onLine(kept.rest)
      })
      return kept
    }
    const out = collect(child.stdout)
    const err = collect(child.stderr)
    child.on('error', (error) => {
      // A step that was killed by order has ended, not failed to start.
      if (error.name !== 'AbortError') reject(error)
    })
    child.on('close', (code) =>
      resolve({ exitCode: code ?? 137, stdout: out.text, stderr: err.text, durationMs: performance.now() - started }),
    )
  })
}
