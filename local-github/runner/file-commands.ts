/** The runner's rules for the files behind GITHUB_OUTPUT, GITHUB_ENV, GITHUB_STATE and GITHUB_PATH. */

export class FileCommandError extends Error {}

/**
 * The pairs of a file of `NAME=VALUE` and `NAME<<DELIMITER` entries, in order. They come one by one, so that what stood
 * before a broken line has taken effect, as on GitHub. A carriage return stays in the value, as on Linux.
 */
export function* parsePairs(text: string): Generator<[string, string]> {
  let at = 0
  // A line, and whether a line feed ended it; undefined at the end of the text.
  const next = (): { line: string; ended: boolean } | undefined => {
    if (at >= text.length) return undefined
    const end = text.indexOf('\n', at)
    const line = end < 0 ? text.slice(at) : text.slice(at, end)
    at = end < 0 ? text.length : end + 1
    return { line, ended: end >= 0 }
  }
  for (let read = next(); read; read = next()) {
    const { line } = read
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
      const name = line.slice(0, heredoc)
      const delimiter = line.slice(heredoc + 2)
      if (name === '' || delimiter === '')
        throw new FileCommandError(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`)
      const lines: string[] = []
      for (;;) {
        const inner = next()
        if (!inner) throw new FileCommandError(`Invalid value. Matching delimiter not found '${delimiter}'`)
        if (inner.line === delimiter) break
        if (!inner.ended) throw new FileCommandError('Invalid value. EOF marker missing new line.')
        lines.push(inner.line)
      }
      yield [name, lines.join('\n')]
    } else if (equals > 0) yield [line.slice(0, equals), line.slice(equals + 1)]
    else if (equals === 0) throw new FileCommandError(`Invalid format '${line}'. Name must not be empty`)
    else throw new FileCommandError(`Invalid format '${line}'`)
  }
}

/** The folders of a GITHUB_PATH file, in the order written. */
export const parsePaths = (text: string): string[] => text.split(/\r\n|\r|\n/).filter((line) => line !== '')

/** The largest summary of a step, in bytes. */
export const SUMMARY_LIMIT = 1024 * 1024
