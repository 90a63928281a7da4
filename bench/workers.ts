import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Address } from '../packages/registry/registry.fixture.ts'
import type { Job, Report } from './registry-worker.ts'

/** A process that does one job at a time. */
export interface Worker {
  /** Gives `killed` where the process ended before it could report. */
  run(job: Job): Promise<Report | 'killed'>
  kill(): void
}

/** Bundled beside the matrix by start.mjs. */
const program = fileURLToPath(new URL('registry-worker.mjs', import.meta.url))

/** Starts a process on the repository, and waits until it can work at once. */
export async function startWorker(address: Address): Promise<Worker> {
  const child = fork(program, [JSON.stringify(address)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let heard: (report: Report | 'killed') => void = () => {}
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', (code) => reject(new Error(`a worker ended with ${code} before it began`)))
  })
  child.on('message', (report: Report) => heard(report))
  child.on('exit', () => heard('killed'))
  return {
    run: (job) =>
      new Promise((resolve) => {
        heard = resolve
        child.send(job)
      }),
    kill: () => child.kill('SIGKILL'),
  }
}
