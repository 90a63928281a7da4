import { type Check, check } from '@mlops-actions/verdict'

type Told = Omit<Parameters<typeof check>[1], 'severity'>

/** Something that is broken, and what to do about it. */
export const broken = (of: Told & { detail: string }): Check => check(false, of)

/** Something that does no harm by itself, or not yet. */
export const harmless = (of: Told & { detail: string }): Check => check(false, { ...of, severity: 'warned' })

/** The faults of one kind, or one passed check where there are none. */
export function orPassed(faults: Check[], passed: Told): Check[] {
  return faults.length > 0 ? faults : [check(true, passed)]
}

const quoted = (text: string) => `'${text}'`

/** How a tag comes back that was deleted or moved; `object` where it is known what it named. */
export function restoring(tag: string, object: string | null, there: 'gone' | 'moved'): string {
  if (object === null) return `Restore it from a clone that has it: git push origin ${quoted(`refs/tags/${tag}`)}`
  const ref = `refs/tags/${tag}`
  const api =
    there === 'gone'
      ? `gh api repos/{owner}/{repo}/git/refs -f ref=${quoted(ref)} -f sha=${object}`
      : `gh api -X PATCH ${quoted(`repos/{owner}/{repo}/git/refs/tags/${encodeURIComponent(tag)}`)} -f sha=${object} -F force=true`
  return `Put it back: ${api} (where GitHub has dropped the object, push it from a clone that has the tag).`
}

export const deleting = (tag: string) => `git push origin ${quoted(`:refs/tags/${tag}`)}`
