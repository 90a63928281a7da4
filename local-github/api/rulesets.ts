import type { components } from '@octokit/openapi-types'
import type { Ruleset } from '../records.ts'
import { now } from '../world.ts'
import {
  type Call,
  created,
  htmlUrl,
  id,
  invalid,
  noContent,
  nodeId,
  notFound,
  ok,
  page,
  Refusal,
  type Route,
  repositoryUrl,
  text,
} from './answer.ts'

/** What a rule says where it holds somebody back; rules of other types are kept and shown only. */
const refusals = {
  creation: 'Cannot create ref due to creations being restricted.',
  update: 'Cannot update this protected ref.',
  deletion: 'Cannot delete this protected ref.',
}

/** A ref pattern as Ruby's fnmatch reads paths: `*` stays within one part of a name, and only `**` before a slash does not. */
function fnmatch(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*+|\?|[\\^$+.()|{}[\]]/g, (found) => {
    if (found === '**/') return '(?:.*/)?'
    if (found === '?') return '[^/]'
    return found.startsWith('*') ? '[^/]*' : `\\${found}`
  })
  return new RegExp(`^${source}$`)
}

function names(call: Call, patterns: string[], ref: string): boolean {
  const special = { '~ALL': ref, '~DEFAULT_BRANCH': `refs/heads/${call.repository.defaultBranch}` }
  return patterns.some((one) => special[one as keyof typeof special] === ref || fnmatch(one).test(ref))
}

/**
 * Active rulesets hold everybody back: nobody bypasses them here. So do immutable releases: their tag can be deleted only
 * after the release, and even then it is never made again.
 */
export function guardRules(call: Call, ref: string, doing: keyof typeof refusals): void {
  const refuse = () => new Refusal(422, `Repository rule violations found\n\n${refusals[doing]}\n\n`)
  const { releases, spentTags } = call.repository
  const frozen = (tag: string) =>
    spentTags.has(tag) && (doing !== 'deletion' || [...releases.values()].some((r) => r.immutable && r.tag === tag))
  if (ref.startsWith('refs/tags/') && frozen(ref.slice('refs/tags/'.length))) throw refuse()
  const target = ref.startsWith('refs/tags/') ? 'tag' : 'branch'
  for (const ruleset of call.repository.rulesets.values()) {
    if (ruleset.enforcement !== 'active' || ruleset.target !== target) continue
    if (!names(call, ruleset.include, ref) || names(call, ruleset.exclude, ref)) continue
    if (ruleset.rules.some(({ type }) => type === doing)) throw refuse()
  }
}

type RulesetJson = components['schemas']['repository-ruleset']

/** A ruleset as lists show it: neither patterns nor rules. */
function rulesetJson(call: Call, one: Ruleset): RulesetJson {
  return {
    id: one.id,
    node_id: nodeId('RRS', one.id),
    name: one.name,
    target: one.target,
    source_type: 'Repository',
    source: call.repository.fullName,
    enforcement: one.enforcement,
    _links: {
      self: { href: `${repositoryUrl(call)}/rulesets/${one.id}` },
      html: { href: `${htmlUrl(call.repository)}/rules/${one.id}` },
    },
    created_at: one.createdAt,
    updated_at: one.createdAt,
  }
}

function wholeRulesetJson(call: Call, one: Ruleset): RulesetJson {
  const conditions = { ref_name: { include: one.include, exclude: one.exclude } }
  return { ...rulesetJson(call, one), conditions, rules: one.rules as NonNullable<RulesetJson['rules']> }
}

function rulesetOf(call: Call): Ruleset {
  const found = call.repository.rulesets.get(id(call, 'id'))
  if (!found) throw notFound()
  return found
}

function create(call: Call) {
  const name = text(call, 'name', 'Ruleset')
  const enforcement = text(call, 'enforcement', 'Ruleset')
  const { target = 'branch', conditions, rules = [] } = call.body
  if (enforcement !== 'active' && enforcement !== 'disabled' && enforcement !== 'evaluate')
    throw invalid('Ruleset', 'invalid', 'enforcement')
  if (target !== 'tag' && target !== 'branch') throw invalid('Ruleset', 'invalid', 'target')
  if (!Array.isArray(rules)) throw invalid('Ruleset', 'invalid', 'rules')
  const { include = [], exclude = [] } =
    (conditions as { ref_name?: { include?: string[]; exclude?: string[] } } | undefined)?.ref_name ?? {}
  const ruleset = {
    id: call.world.nextId(),
    name,
    target,
    enforcement,
    include,
    exclude,
    rules,
    createdAt: now(),
  } as const
  call.repository.rulesets.set(ruleset.id, ruleset)
  return created(wholeRulesetJson(call, ruleset))
}

const base = '/repos/{owner}/{repo}/rulesets'

export const rulesetRoutes: Route[] = [
  {
    method: 'GET',
    path: base,
    needs: ['metadata:read'],
    handle: (call) =>
      page(
        call,
        [...call.repository.rulesets.values()].map((one) => rulesetJson(call, one)),
      ),
  },
  {
    method: 'GET',
    path: `${base}/{id}`,
    needs: ['metadata:read'],
    handle: (call) => ok(wholeRulesetJson(call, rulesetOf(call))),
  },
  { method: 'POST', path: base, needs: ['administration:write'], handle: create },
  {
    method: 'DELETE',
    path: `${base}/{id}`,
    needs: ['administration:write'],
    handle(call) {
      call.repository.rulesets.delete(rulesetOf(call).id)
      return noContent()
    },
  },
]
