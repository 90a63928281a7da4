import { type GitHub, parseTag, type Release, type TagObject, type TagRuleset } from '@mlops-actions/github'
import { UserError } from '@mlops-actions/verdict'
import { readDraftName } from '../draft.ts'
import { type StageLog, stageLog } from '../log.ts'
import { archivedStage, parseTagName } from '../names.ts'
import { readVersionEvent } from '../slot.ts'
import { newestWitness, type Witnessed } from '../witness.ts'

/** A tag as it stands. */
export interface Tag {
  /** Without `refs/tags/`. */
  name: string
  object: string
  commit: string
  /** null for a lightweight tag. */
  said: TagObject | null
}

/** A model of this registry, and everything that bears its name. */
export interface ModelFacts {
  model: string
  /** By name; those of other grammars too. */
  tags: Map<string, Tag>
  log: StageLog
  /** Releases under its version tags, and drafts of its runs. */
  releases: Release[]
  /** What the newest deployment of each stage says; `unread` where deployments may not be read. */
  witnesses: Map<string, Witnessed | 'absent'> | 'unread'
}

/** The text of the two files of a record commit; null where there is no such file. */
export interface RecordFiles {
  manifest: string | null
  run: string | null
}

/** Everything that `diagnose` judges. */
export interface Facts {
  models: ModelFacts[]
  /** Other names with version or slot tags, none of which is ours. */
  others: { model: string; tags: string[] }[]
  /** Tags with `@` or `#` in their names that are of neither grammar. */
  strange: string[]
  /** By commit. */
  records: Map<string, RecordFiles>
  /** The objects of the tags, by name, read once more in the end: what was written meanwhile is no fault. */
  later: Map<string, string>
  rulesets: TagRuleset[] | 'unknown'
}

export interface FactsWanted {
  /** This model alone. */
  model?: string | undefined
  /** Stages whose deployments are asked for even where no slot is left. */
  stages: string[]
}

const patterns = ['refs/tags/*@*', 'refs/tags/*#*']
const plain = (ref: string) => ref.replace(/^refs\/tags\//, '')

/** Reads the whole registry in bulk: tags and records by git, releases by pages, one deployment per model and stage. */
export async function readFacts(github: GitHub, wanted: FactsWanted): Promise<Facts> {
  const listed = (await github.refs.list(patterns)).map((r) => plain(r.name))
  const names = [...new Set(listed.flatMap((tag) => parseTagName(tag)?.model ?? []))]
  const chosen = names.filter((name) => wanted.model === undefined || name === wanted.model)
  const { byModel, records } = await fetchTags(github, chosen)
  const releases = await releasesByModel(github, wanted.model)

  const models: ModelFacts[] = []
  const others: Facts['others'] = []
  for (const model of [...new Set([...byModel.keys(), ...releases.keys()])].sort()) {
    const tags = byModel.get(model) ?? new Map<string, Tag>()
    const log = logOf(model, tags)
    const own = releases.get(model) ?? []
    if (isOurs(log, own)) models.push({ model, tags, log, releases: own, witnesses: 'unread' })
    else if (tags.size > 0) others.push({ model, tags: [...tags.keys()].filter(parseTagName) })
  }
  await readWitnesses(github, models, wanted.stages)
  const later = new Map((await github.refs.list(patterns)).map((r) => [plain(r.name), r.object]))
  const strange = listed.filter((tag) => parseTagName(tag) === undefined)
  return { models, others, strange, records, later, rulesets: await github.rulesets.ofTags() }
}

type Fetched = { byModel: Map<string, Map<string, Tag>>; records: Facts['records'] }

async function fetchTags(github: GitHub, models: string[]): Promise<Fetched> {
  const byModel: Fetched['byModel'] = new Map()
  const records: Fetched['records'] = new Map()
  if (models.length === 0) return { byModel, records }
  const wanted = models.flatMap((m) => [`refs/tags/${m}@*`, `refs/tags/${m}#*`])
  await github.refs.fetch(wanted, async ({ refs, read }) => {
    const bytes = await read(refs.map((r) => r.object))
    for (const [i, { name, object, commit, annotated }] of refs.entries()) {
      const tag = plain(name)
      const model = tag.split(/[@#]/, 1)[0]!
      const said = annotated && bytes[i] ? parseTag(object, bytes[i]) : null
      if (!byModel.has(model)) byModel.set(model, new Map())
      byModel.get(model)!.set(tag, { name: tag, object, commit, said })
      if (parseTagName(tag)?.kind === 'version') records.set(commit, { manifest: null, run: null })
    }
    const commits = [...records.keys()]
    const files = await read(commits.flatMap((c) => [`${c}:manifest.json`, `${c}:run.json`]))
    const text = (at: number) => files[at]?.toString('utf8') ?? null
    for (const [i, c] of commits.entries()) records.set(c, { manifest: text(2 * i), run: text(2 * i + 1) })
  })
  return { byModel, records }
}

async function releasesByModel(github: GitHub, only: string | undefined): Promise<Map<string, Release[]>> {
  const found = new Map<string, Release[]>()
  for await (const release of github.releases.list()) {
    const tag = parseTagName(release.tag)
    const model = (release.draft ? readDraftName(release.name)?.model : undefined) ?? tag?.model
    if (model === undefined || (only !== undefined && model !== only)) continue
    found.set(model, [...(found.get(model) ?? []), release])
  }
  return found
}

function logOf(model: string, tags: Map<string, Tag>): StageLog {
  const refs = [...tags.values()].map(({ name, object, commit, said }) => {
    return { name: `refs/tags/${name}`, object, commit, annotated: said !== null }
  })
  return stageLog(
    model,
    refs,
    new Map([...tags.values()].flatMap((t) => (t.said === null ? [] : [[t.object, t.said]]))),
  )
}

/** Packages are tagged `name@v1.0.0` too: a model is ours where a tag carries our event, or a release looks like ours. */
function isOurs(log: StageLog, releases: Release[]): boolean {
  return (
    log.versions.some((v) => v.message !== null && readVersionEvent(v.message) !== null) ||
    log.stages.some((stage) => log.slots(stage).some((s) => s.event !== null)) ||
    releases.some((r) => readDraftName(r.name) !== undefined || r.assets.some((a) => a.name === 'manifest.json'))
  )
}

async function readWitnesses(github: GitHub, models: ModelFacts[], stages: string[]): Promise<void> {
  try {
    for (const of of models) {
      const found = new Map<string, Witnessed | 'absent'>()
      for (const stage of new Set([...of.log.stages, ...stages]))
        if (stage !== archivedStage) found.set(stage, await newestWitness(github, of.model, stage))
      of.witnesses = found
    }
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'GITHUB_PERMISSION') throw error
  }
}
