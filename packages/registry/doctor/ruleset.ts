import type { TagRuleset } from '@mlops-actions/github'
import { type Check, check } from '@mlops-actions/verdict'
import type { Facts } from './facts.ts'

/** The ruleset that keeps anybody from deleting or moving what the registry has written. Creating stays free. */
const wanted = {
  name: 'model registry',
  target: 'tag',
  enforcement: 'active',
  conditions: { ref_name: { include: ['refs/tags/*@v*', 'refs/tags/*#*'], exclude: [] } },
  rules: [{ type: 'deletion' }, { type: 'update' }],
}

/** Whether the tags of the registry are protected. Advice: it never fails. */
export function rulesetCheck({ rulesets, models }: Facts): Check {
  const names = models.length === 0 ? ['model'] : models.map((m) => m.model)
  const tags = names.flatMap((m) => [`${m}@v1.0.0`, `${m}#production#1`]).map((tag) => `refs/tags/${tag}`)
  const open = rulesets === 'unknown' ? [] : tags.filter((ref) => !isProtected(ref, rulesets))
  const advice = `To protect them: Settings, Rules, Rulesets, New ruleset, Import a ruleset; or gh api repos/{owner}/{repo}/rulesets --input - with ${JSON.stringify(wanted)}`
  return check(open.length === 0, {
    id: 'registry.ruleset',
    title: 'A ruleset keeps the tags of the registry',
    subject: 'tags',
    observed:
      rulesets === 'unknown'
        ? 'not known: GitHub shows no rulesets here'
        : open.length === 0
          ? 'deletion and update are forbidden'
          : `${open.length === tags.length ? 'the tags' : open.map((r) => r.slice(10)).join(', ')} may be deleted or moved by anybody who may push`,
    expected: 'an active ruleset against deletion and update',
    severity: 'warned',
    ...(rulesets === 'unknown' || open.length > 0 ? { detail: advice } : {}),
    evidence: { rulesets: rulesets === 'unknown' ? null : rulesets.map((r) => r.name) },
  })
}

function isProtected(ref: string, rulesets: TagRuleset[]): boolean {
  const on = rulesets.filter((r) => r.active && matches(r.include, ref) && !matches(r.exclude, ref))
  return wanted.rules.every(({ type }) => on.some((r) => r.rules.includes(type)))
}

const matches = (patterns: string[], ref: string) => patterns.some((p) => p === '~ALL' || fnmatch(p).test(ref))

/** A ref pattern of a ruleset, as Ruby's fnmatch reads paths: `*` stays within one part, and so does a `**` without its slash. */
function fnmatch(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*+|\?|[\\^$+.()|{}[\]]/g, (found) => {
    if (found === '**/') return '(?:.*/)?'
    if (found === '?') return '[^/]'
    return found.startsWith('*') ? '[^/]*' : `\\${found}`
  })
  return new RegExp(`^${source}$`)
}
