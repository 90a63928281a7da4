import { type Check, check, nearest } from '@mlops-actions/verdict'
import { parseTagName } from '../names.ts'
import type { Facts, ModelFacts, Tag } from './facts.ts'
import { broken, deleting, harmless } from './finding.ts'

const taking = /^(?<model>[^@#]+)(?:@(?<version>v[^!#]+)!|@(?<deprecated>deprecated)|#(?<stage>[^!#]+)!)(?:#\d+)?$/
const uncounted = /^[^@#]+(?:#[^!#]+|@v\d[^!#]*#\d+)$/

/** Tags that bear a model's very name, but are none of the registry's: GTO may read more into them than we do. */
export function otherTags(of: ModelFacts): Check[] {
  const tags = [...of.tags.values()].filter((tag) => parseTagName(tag.name) === undefined)
  return tags.map((tag) => {
    const words = taking.exec(tag.name)?.groups
    // GTO does not see lightweight tags.
    if (words !== undefined && tag.said !== null) return cancelled(of, tag, words)
    const gto = uncounted.test(tag.name) && tag.said !== null ? ', though gto counts it' : ''
    return lookalike(tag.name, of.model, `it does not count in the registry of ${of.model}${gto}`)
  })
}

/** GTO's words for taking a version out of a stage, or a version or model out of the registry. */
function cancelled(of: ModelFacts, tag: Tag, { version, stage }: Record<string, string | undefined>): Check {
  const { log, model } = of
  const concerned = log.stages.filter((s) => {
    const top = log.holder(s)
    if (top === 'none' || (stage !== undefined && s !== stage)) return false
    const later = (tag.said?.tagger?.date ?? '') >= (top.date ?? '')
    if (stage !== undefined) return later && top.record === tag.commit
    return version === undefined || top.version === version
  })
  const meant = stage !== undefined ? `${stage} unassigned` : `${version ?? 'the model'} deprecated`
  const told = {
    id: 'registry.gto-cancel',
    title: `gto and this registry read ${model} alike`,
    subject: tag.name,
    expected: 'no tag that only gto understands',
    evidence: { concerned },
  }
  if (concerned.length === 0)
    return harmless({
      ...told,
      observed: `gto takes it for ${meant}; it changes nothing that holds a stage now`,
      detail: `It can stay, or go: ${deleting(tag.name)}`,
    })
  const holders = concerned.map((s) => {
    const top = log.holder(s)
    return `${top === 'none' ? '' : top.version} still holds ${s}`
  })
  return broken({
    ...told,
    observed: `gto takes it for ${meant}; for this registry ${holders.join(', ')}`,
    detail: `To take a version out of a stage, promote another one or roll back. Then, or if it was a mistake, delete the tag: ${deleting(tag.name)}`,
  })
}

/** Tags of other names that a person may take for a model's. */
export function lookalikes({ models, strange, others }: Facts): Check[] {
  const known = models.map((m) => m.model)
  const near = (name: string) => (known.includes(name) ? undefined : nearest(name, known))
  const found: Check[] = []
  for (const tag of strange) {
    // `folder=churn@v1.0.0` is GTO's way to name a model in a folder.
    const name = /^(?:[^=]*=)?([^@#]+)[@#]/.exec(tag)?.[1]
    const folder = name !== undefined && known.includes(name) && tag.includes('=')
    const meant = name === undefined ? undefined : folder ? name : near(name)
    if (meant !== undefined) found.push(lookalike(tag, meant, `it is not of the model ${meant}`))
  }
  const apart: Facts['others'] = []
  for (const other of others) {
    const meant = near(other.model)
    if (meant === undefined) apart.push(other)
    else for (const tag of other.tags) found.push(lookalike(tag, meant, `it is of ${other.model}, not of ${meant}`))
  }
  if (found.length === 0)
    found.push(
      check(true, {
        id: 'registry.lookalike',
        title: 'No tag looks like one of the registry',
        subject: 'tags',
        observed: `none near ${known.length} ${known.length === 1 ? 'model' : 'models'}`,
        expected: 'names that cannot be mistaken',
      }),
    )
  return [...found, ...foreignModels(apart)]
}

function lookalike(tag: string, model: string, why: string): Check {
  return harmless({
    id: 'registry.lookalike',
    title: `${tag} cannot be taken for a tag of ${model}`,
    subject: tag,
    observed: why,
    expected: `${model}@v1.0.0 or ${model}#production#1`,
    detail: `It is not looked at. If it was meant for ${model}, register or promote with this action; then delete it: ${deleting(tag)}`,
  })
}

const shown = 20

function foreignModels(apart: Facts['others']): Check[] {
  if (apart.length === 0) return []
  const names = apart.map((o) => o.model)
  const first = apart[0]!.tags[0]!
  return [
    check(true, {
      id: 'registry.other-tags',
      title: 'Tags of other tools are left alone',
      subject: 'tags',
      observed: `${names.slice(0, shown).join(', ')}${names.length > shown ? ` and ${names.length - shown} more` : ''} (such as ${first}) have tags like those of a model, none written by this action`,
      expected: 'packages, or models of another tool',
      evidence: { names },
    }),
  ]
}
