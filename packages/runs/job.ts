import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parseVerdict, type Verdict } from '@mlops-actions/verdict'
import type { RunRecord } from './record.ts'

/** A verdict that an earlier step of the job reached, and the step it stands for. */
export interface StepVerdict {
  action: string
  folder: string
  file: string
  verdict: Verdict
}

/**
 * The hand-over from step to step of one job: `<temp>/mlops/` with job.json (which run the job made), `run/<run-id>/`
 * (run.json and its files) and one `NN-<action>/` a step. No other module knows this layout.
 */
export class Job {
  readonly folder: string

  constructor(runnerTemp: string) {
    this.folder = join(runnerTemp, 'mlops')
  }

  /** A new folder for a step, numbered in order. Creating the folder is the lock, so parallel steps never share one. */
  async step(action: string): Promise<string> {
    await mkdir(this.folder, { recursive: true })
    for (;;) {
      const number = String(1 + Math.max(0, ...this.#steps().map((s) => s.number))).padStart(2, '0')
      try {
        await mkdir(join(this.folder, `${number}-lock`))
      } catch {
        continue
      }
      const folder = join(this.folder, `${number}-${action}`)
      await rename(join(this.folder, `${number}-lock`), folder)
      return folder
    }
  }

  #steps(): { number: number; action: string; folder: string }[] {
    if (!existsSync(this.folder)) return []
    return readdirSync(this.folder)
      .map((name) => ({ name, match: /^(\d{2,})-(.+)$/.exec(name) }))
      .flatMap(({ name, match }) =>
        match ? [{ number: Number(match[1]), action: match[2]!, folder: join(this.folder, name) }] : [],
      )
      .sort((a, b) => a.number - b.number)
  }

  /** The verdicts of the job so far, in the order of the steps. A step that ended in an error has none. */
  async verdicts(): Promise<StepVerdict[]> {
    const found: StepVerdict[] = []
    for (const { action, folder } of this.#steps()) {
      const file = await this.#pointer(folder, 'report')
      if (file) found.push({ action, folder, file, verdict: parseVerdict(await readFile(file, 'utf8'), file) })
    }
    return found
  }

  /** Steps that ended in an error: their action and the error's sentence. */
  async errors(): Promise<{ action: string; message: string }[]> {
    const found: { action: string; message: string }[] = []
    for (const { action, folder } of this.#steps()) {
      const file = await this.#pointer(folder, 'error')
      if (!file) continue
      const { message } = JSON.parse(await readFile(file, 'utf8')) as { message: string }
      found.push({ action, message })
    }
    return found
  }

  /**
   * Tells later steps where a step's verdict or error stands (it may be in a folder that the user chose). The path is
   * relative, so that the hand-over survives a journey to another job by artifact.
   */
  async conclude(stepFolder: string, kind: 'report' | 'error', file: string): Promise<void> {
    await writeFile(join(stepFolder, 'step.json'), `${JSON.stringify({ [kind]: relative(stepFolder, file) })}\n`)
  }

  async #pointer(folder: string, kind: 'report' | 'error'): Promise<string | undefined> {
    const pointer = join(folder, 'step.json')
    if (!existsSync(pointer)) return undefined
    const found = (JSON.parse(await readFile(pointer, 'utf8')) as { report?: string; error?: string })[kind]
    return found === undefined ? undefined : resolve(folder, found)
  }

  /** The run that this job made, where it made one. */
  async run(): Promise<RunRecord | undefined> {
    const file = join(this.folder, 'job.json')
    if (!existsSync(file)) return undefined
    const { run } = JSON.parse(await readFile(file, 'utf8')) as { run: string }
    return JSON.parse(await readFile(join(this.runFolder(run), 'run.json'), 'utf8')) as RunRecord
  }

  /** Where the files of a run stand: run.json, and artifacts/ with the files under their workspace paths. */
  runFolder(id: string): string {
    return join(this.folder, 'run', id)
  }

  /** Makes a run the run of this job; run.json is written beside its files. */
  async adopt(record: RunRecord): Promise<string> {
    const folder = this.runFolder(record.id)
    await mkdir(folder, { recursive: true })
    const file = join(folder, 'run.json')
    await writeFile(file, `${JSON.stringify(record, null, 2)}\n`)
    await writeFile(
      join(this.folder, 'job.json'),
      `${JSON.stringify({ schema: 'mlops-actions/job@1', run: record.id })}\n`,
    )
    return file
  }
}
