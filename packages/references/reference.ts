import { UserError } from '@mlops-actions/verdict'

/** What a text names: the one grammar for naming a thing, everywhere. */
export type Reference =
  | { kind: 'path'; path: string }
  | { kind: 'run'; run: { id: string } | { latest: true } | { best: string } }
  | { kind: 'version'; model: string; version: string }
  | { kind: 'stage'; model: string; stage: string; slot?: number }

const name = '[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?'
const version = new RegExp(`^(${name})@(v\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?)$`)
const stage = new RegExp(`^(${name})#(${name})(?:#([1-9]\\d{0,8}))?$`)
const run = /^run:(?:([0-9a-f]{32})|(latest)|best\(([^()]+)\))$/

/**
 * `run:<id>`, `run:latest`, `run:best(roc_auc)`, `churn@v1.4.0`, `churn#production`, `churn#production#7`; everything else
 * is a path, and a path that looks like one of these starts with `./`. A text that begins like a reference but is none is
 * a UserError, so that a typo is never read as a file that happens to be missing.
 */
export function parseReference(text: string): Reference {
  const asVersion = version.exec(text)
  if (asVersion) return { kind: 'version', model: asVersion[1]!, version: asVersion[2]! }
  const asStage = stage.exec(text)
  if (asStage) {
    const [, model, of, slot] = asStage
    return { kind: 'stage', model: model!, stage: of!, ...(slot === undefined ? {} : { slot: Number(slot) }) }
  }
  const asRun = run.exec(text)
  if (asRun) {
    const [, id, latest, metric] = asRun
    return { kind: 'run', run: id ? { id } : latest ? { latest: true } : { best: metric! } }
  }
  if (/^run:/.test(text) || /^[^./]*[@#][^./]*(\.\d+)*$/.test(text)) throw invalid(text)
  return { kind: 'path', path: text }
}

function invalid(text: string): UserError {
  return new UserError({
    code: 'REFERENCE_INVALID',
    message: `"${text}" names neither a run, a version, a stage nor a path.`,
    help: 'Write run:<id>, churn@v1.4.0, churn#production or churn#production#7; a path that looks like one of these starts with ./',
  })
}
