import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, relative } from 'node:path'
import type { Job, RunRecord } from '@mlops-actions/runs'
import { type Check, parseVerdict, UserError, type Verdict, type VerdictKind, verdict } from '@mlops-actions/verdict'

/** What earlier steps left: their verdicts, steps that ended in an error among them, and the files to keep with them. */
export interface Found {
  verdicts: Verdict[]
  run: RunRecord | undefined
  /** Absolute paths. */
  files: string[]
}

const kindOf: Record<string, VerdictKind> = {
  'data-validate': 'validation',
  'train-track': 'training',
  'metrics-gate': 'gate',
  'compare-with-production': 'comparison',
  'drift-check': 'drift',
  'register-promote': 'registry',
  'build-serving-image': 'image',
}
const kinds = new Set<string>(Object.values(kindOf))

const ownStep = /^\d{2,}-pr-report$/
const mostFiles = 2000
const deepest = 6
/** A verdict is kilobytes; what is larger than this is none. */
const largest = 20_000_000

/** The reports of the job that this step belongs to. */
export async function jobReports(job: Job): Promise<Found> {
  const steps = (await job.verdicts()).filter((step) => step.action !== 'pr-report')
  const errors = (await job.errors()).filter((error) => error.action in kindOf)
  const files = await Promise.all(steps.map((step) => beside(step.file)))
  return {
    verdicts: [
      ...steps.map((step) => step.verdict),
      ...errors.map(({ action, message }) => stepError(action, message)),
    ],
    run: await job.run(),
    files: files.flat(),
  }
}

/**
 * The reports in a folder, at any depth: `<kind>.json` and `error.json`, as other jobs left them. It may come from an
 * artifact that others wrote: what is no verdict is an error, and no link is followed.
 */
export async function folderReports(folder: string, shown: string): Promise<Found> {
  const found: Found = { verdicts: [], run: undefined, files: [] }
  for (const file of (await filesIn(folder, shown)).sort()) {
    const name = basename(file, '.json')
    if (extname(file) !== '.json' || !(kinds.has(name) || name === 'error')) continue
    const origin = join(shown, relative(folder, file))
    if ((await stat(file)).size > largest) throw notAVerdict(origin)
    const text = await readFile(file, 'utf8')
    if (name === 'error') {
      const action = basename(dirname(file)).replace(/^\d{2,}-/, '')
      found.verdicts.push(stepError(action, messageOf(text, origin)))
      found.files.push(file)
    } else {
      const of = parseVerdict(text, origin)
      if (of.kind !== name) throw notAVerdict(origin)
      found.verdicts.push(of)
      found.files.push(...(await beside(file)))
    }
  }
  return found
}

/** A step that ended in an error reached no verdict; what is not known must not look as if it held. */
function stepError(action: string, message: string): Verdict {
  const check: Check = {
    id: 'step.error',
    title: `${action} reaches a verdict`,
    subject: action,
    observed: `it ended in an error: ${message}`,
    expected: 'a verdict',
    status: 'errored',
    severity: 'failed',
    evidence: {},
  }
  return verdict(kindOf[action] ?? 'training', { step: action }, [check], { action })
}

function messageOf(text: string, origin: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    if (typeof message === 'string') return message
  } catch {
    // told below
  }
  throw notAVerdict(origin)
}

/** A verdict's file and its renderings. */
async function beside(file: string): Promise<string[]> {
  const stem = file.slice(0, -extname(file).length)
  const there = await Promise.all(
    ['.json', '.html'].map((ending) =>
      stat(stem + ending)
        .then((s) => (s.isFile() ? [stem + ending] : []))
        .catch(() => []),
    ),
  )
  return there.flat()
}

async function filesIn(folder: string, shown: string, depth = 0): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UserError({
      code: 'REPORTS_MISSING',
      message: `The folder ${shown} cannot be read (${error.code ?? error.message}).`,
      where: { key: 'reports' },
      help: 'Give the folder into which the reports of other jobs were downloaded, or leave "reports" out for those of this job.',
    })
  })
  const files: string[] = []
  for (const entry of entries) {
    if (entry.isFile()) files.push(join(folder, entry.name))
    else if (entry.isDirectory() && depth < deepest && !ownStep.test(entry.name))
      files.push(...(await filesIn(join(folder, entry.name), shown, depth + 1)))
    if (files.length > mostFiles)
      throw new UserError({
        code: 'REPORTS_TOO_MANY',
        message: `The folder ${shown} holds more than ${mostFiles} files.`,
        where: { key: 'reports' },
        help: 'Give a folder that holds reports only.',
      })
  }
  return files
}

function notAVerdict(origin: string): UserError {
  return new UserError({
    code: 'VERDICT_INVALID',
    message: `${origin} is not a report of this pack.`,
    where: { file: origin },
    help: 'Give a folder with the files that the output report-json names.',
  })
}
