import { Rejected } from './errors.ts'
import { type FetchedRefs, fetchRefs, listRefs, type PeeledRef, type Remote } from './git.ts'
import type { Transport } from './transport.ts'

export interface Refs {
  /** The object that a ref names itself. `name` in full: `refs/tags/churn@v1.4.0`. */
  get(name: string): Promise<string | 'absent'>
  /**
   * Creates a ref: the one atomic step there is. `exists` where the name is taken, by whomever. Throws Unclear where
   * the answer was lost.
   */
  create(name: string, sha: string): Promise<'created' | 'exists'>
  /** Deletes a ref; one that is gone already is no error. */
  remove(name: string): Promise<void>
  /** All refs of the patterns, peeled, by one `git ls-remote`. */
  list(patterns: string[]): Promise<PeeledRef[]>
  /**
   * The refs of the patterns, all or those that `choose` picks, with their objects, by a listing and one `git fetch`; the
   * copy is gone when `use` ends.
   */
  fetch<T>(
    patterns: string[],
    use: (fetched: FetchedRefs) => Promise<T>,
    choose?: (listed: PeeledRef[]) => PeeledRef[],
  ): Promise<T>
}

export function refs(api: Transport, remote: Remote): Refs {
  async function get(name: string): Promise<string | 'absent'> {
    const found = await api.find<{ object: { sha: string } }>(
      'GET /repos/{owner}/{repo}/git/ref/{ref}',
      { ref: name.replace(/^refs\//, '') },
      { what: `read ${name}`, permission: 'contents: read' },
    )
    return found === 'absent' ? found : found.object.sha
  }
  return {
    get,
    async create(name, sha) {
      try {
        await api.call(
          'POST /repos/{owner}/{repo}/git/refs',
          { ref: name, sha },
          { what: `create ${name}`, permission: 'contents: write' },
        )
        return 'created'
      } catch (error) {
        // A 422 may say "Reference already exists", or only "Reference update failed": what is there decides.
        if (!(error instanceof Rejected) || (error.status !== 422 && error.status !== 409)) throw error
        if ((await get(name)) !== 'absent') return 'exists'
        throw error
      }
    },
    async remove(name) {
      try {
        await api.call(
          'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
          { ref: name.replace(/^refs\//, '') },
          { what: `delete ${name}`, permission: 'contents: write', repeatable: true },
        )
      } catch (error) {
        const gone = error instanceof Rejected && (error.status === 404 || error.status === 422)
        if (!gone || (await get(name)) !== 'absent') throw error
      }
    },
    list: (patterns) => listRefs(remote, patterns),
    fetch: (patterns, use, choose) => fetchRefs(remote, patterns, use, choose),
  }
}
