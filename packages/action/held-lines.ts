import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** More files than that nobody looks at, and a command line is not endless. */
const mostFiles = 100

/**
 * Those of these paths (from the workspace's root) whose lines GitHub can show: text files that the checked-out commit
 * holds as they stand. Not: ignored or new files, changed ones, links, compressed and binary ones, those in Git LFS; and
 * none where the workspace is no checkout.
 */
export async function heldLines(paths: string[], workspace: string): Promise<Set<string>> {
  const inside = paths.filter((path) => !path.startsWith('/') && !path.startsWith('../')).slice(0, mostFiles)
  if (inside.length === 0) return new Set()
  const list = ['ls-files', '-z', '-t', '--cached', '--modified', '--eol', '--', ...inside]
  // In a container the checkout belongs to another user, which git distrusts unless told otherwise.
  const trust = ['-c', `safe.directory=${workspace}`]
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', workspace, ...trust, '--literal-pathspecs', ...list], {
      env: withoutTokens(process.env),
      timeout: 60_000,
    })
    const found = stdout.split('\0').map((entry) => /^(\w) i\/(\S*)\s+w\/\S*\s+attr\/(\S*).*?\t(.*)$/s.exec(entry))
    const held = new Set<string>()
    const other = new Set<string>()
    for (const [, tag, content, attribute, path] of found.filter((match) => match !== null)) {
      const isText = content !== '' && content !== '-text' && attribute !== '-text'
      ;(tag === 'H' && isText ? held : other).add(path!)
    }
    return new Set([...held].filter((path) => !other.has(path)))
  } catch {
    // No git or no repository: then there is no file to point at.
    return new Set()
  }
}

/** A checkout's configuration can name programs that git starts: they get neither inputs nor the runner's tokens. */
function withoutTokens(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:INPUT|ACTIONS)_/.test(name)))
}
