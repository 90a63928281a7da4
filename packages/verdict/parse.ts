import { UserError } from './error.ts'
import { type Check, type Subject, type Verdict, verdict, verdictKinds } from './verdict.ts'

/** A verdict file as a value; anything else in it is a UserError. */
export function parseVerdict(text: string, origin: string): Verdict {
  try {
    const value: unknown = JSON.parse(text)
    if (isVerdict(value)) return value
  } catch {
    // told below, in one sentence for every way of not being a verdict
  }
  throw new UserError({
    code: 'VERDICT_INVALID',
    message: `${origin} is not a verdict of this pack (schema mlops-actions/verdict@1).`,
    where: { file: origin },
    help: 'Give the report-json output of one of the actions.',
  })
}

/** Structure and honesty: the status must be the one that the checks give, so that nobody edits a failure into a pass. */
function isVerdict(value: unknown): value is Verdict {
  if (!isObject(value)) return false
  const { schema, kind, status, subject, checks, context } = value as Partial<Verdict>
  if (schema !== 'mlops-actions/verdict@1' || !isObject(subject) || !isObject(context)) return false
  const known = verdictKinds.find((one) => one === kind)
  if (known === undefined || !Array.isArray(checks) || !checks.every(isCheck)) return false
  return verdict(known, subject, checks).status === status
}

function isCheck(value: unknown): value is Check {
  if (!isObject(value)) return false
  const of = value as Partial<Check>
  const texts = [of.id, of.title, of.subject, of.observed, of.expected, of.detail ?? '']
  return (
    texts.every((text) => typeof text === 'string') &&
    ['passed', 'failed', 'warned', 'skipped', 'errored'].includes(String(of.status)) &&
    ['failed', 'warned'].includes(String(of.severity)) &&
    isObject(of.evidence)
  )
}

function isObject(value: unknown): value is Subject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
