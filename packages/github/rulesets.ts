import { UserError } from '@mlops-actions/verdict'
import { Rejected } from './errors.ts'
import type { Transport } from './transport.ts'

/** A ruleset on tags, of the repository or of its organisation. */
export interface TagRuleset {
  name: string
  /** Only an active one holds anybody back. */
  active: boolean
  /** Patterns of full refs, e.g. `refs/tags/*@*`, or `~ALL`. */
  include: string[]
  exclude: string[]
  /** What it forbids, e.g. `deletion`, `update`. */
  rules: string[]
}

export interface Rulesets {
  /** The rulesets on tags; `unknown` where GitHub does not show them (an older server, a plan or token without them). */
  ofTags(): Promise<TagRuleset[] | 'unknown'>
}

interface RawRuleset {
  id: number
  name: string
  target?: string
  enforcement: string
  conditions?: { ref_name?: { include?: string[]; exclude?: string[] } } | null
  rules?: { type: string }[]
}

export function rulesets(api: Transport): Rulesets {
  const purpose = { what: 'read the rulesets', permission: 'contents: read' } as const
  return {
    async ofTags() {
      const found: TagRuleset[] = []
      try {
        // The list tells neither rules nor patterns.
        for await (const { id, target } of api.list<RawRuleset>('GET /repos/{owner}/{repo}/rulesets', {}, purpose)) {
          if (target !== 'tag') continue
          const route = 'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}'
          found.push(ruleset(await api.call<RawRuleset>(route, { ruleset_id: id }, purpose)))
        }
      } catch (error) {
        const hidden = error instanceof Rejected || (error instanceof UserError && error.code === 'GITHUB_PERMISSION')
        if (!hidden) throw error
        return 'unknown'
      }
      return found
    },
  }
}

function ruleset({ name, enforcement, conditions, rules }: RawRuleset): TagRuleset {
  const { include = [], exclude = [] } = conditions?.ref_name ?? {}
  return { name, active: enforcement === 'active', include, exclude, rules: (rules ?? []).map((r) => r.type) }
}
