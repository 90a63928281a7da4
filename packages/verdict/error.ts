/** Where a mistake stands, as far as it is known: lines and columns count from 1. */
export interface Where {
  file?: string
  line?: number
  column?: number
  key?: string
}

/** What a person needs to mend a mistake. */
export interface Mistake {
  /** Upper-case words joined by underscores, stable across versions, e.g. `SUITE_INVALID`. */
  code: string
  /** One sentence: what was wrong, naming the thing. */
  message: string
  where?: Where
  /** One sentence: what to do. */
  help?: string
  cause?: unknown
}

/**
 * The user's to mend: a missing file, a bad rule, a token without a right. Everything else that is thrown is an
 * internal error. Shown without a stack; the action ends with exit code 2.
 */
export class UserError extends Error {
  readonly code: string
  readonly where: Where
  readonly help: string

  constructor(mistake: Mistake) {
    super(mistake.message, mistake.cause === undefined ? {} : { cause: mistake.cause })
    this.name = 'UserError'
    this.code = mistake.code
    this.where = mistake.where ?? {}
    this.help = mistake.help ?? ''
  }
}

/** The content of error.json. */
export interface ErrorReport {
  schema: 'mlops-actions/error@1'
  code: string
  message: string
  where: Where
  help: string
  internal: boolean
}

/** Any thrown value as the content of error.json. */
export function errorReport(thrown: unknown): ErrorReport {
  if (thrown instanceof UserError) {
    const { code, message, where, help } = thrown
    return { schema: 'mlops-actions/error@1', code, message, where, help, internal: false }
  }
  return {
    schema: 'mlops-actions/error@1',
    code: 'INTERNAL',
    message: thrown instanceof Error ? thrown.message : String(thrown),
    where: {},
    help: 'This is a fault of the action, not of your project. Run the job again with debug logging and open an issue with its log.',
    internal: true,
  }
}

/** `file:line:column (key)`, as far as known; empty where nothing is. */
export function whereText(where: Where): string {
  const place = [where.file, where.line, where.line === undefined ? undefined : where.column].filter(
    (p) => p !== undefined,
  )
  return [place.join(':'), where.key === undefined ? '' : `(${where.key})`].filter((p) => p !== '').join(' ')
}

/** The word of `known` nearest to `given` by edit distance, where it is near enough to be meant. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(given.length / 3)) + 1
  for (const word of known) {
    const distance = editDistance(given.toLowerCase(), word.toLowerCase())
    if (distance < bestDistance) {
      best = word
      bestDistance = distance
    }
  }
  return best
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, replaced))
    }
    previous = current
  }
  return previous[b.length]!
}
