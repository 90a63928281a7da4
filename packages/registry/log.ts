import { type GitHub, type PeeledRef, parseTag, type TagObject } from '@mlops-actions/github'
import type { Check } from '@mlops-actions/verdict'
import { chainChecks } from './chain.ts'
import { archivedStage, compareVersions, parseTagName, type TagName } from './names.ts'
import { readSlotEvent, type Slot, type SlotEvent } from './slot.ts'
import type { StageView } from './steps.ts'
import { tagForm } from './tag-form.ts'

export interface VersionTag {
  version: string
  tag: string
  /** The tag object. */
  object: string
  /** The record commit: the version's identity. */
  record: string
  /** When it was tagged; null where only the listing was read. */
  date: string | null
  message: string | null
}

/** Versions and stages of one model as its tags have them. */
export interface StageLog {
  model: string
  /** Whether the tags' messages were read too: without them there is no `previous`, no dates and no chain. */
  withEvents: boolean
  /** Lowest first, in SemVer's order. */
  versions: VersionTag[]
  /** Stages that have slots, sorted. */
  stages: string[]
  /** Slots of a stage, lowest first. */
  slots(stage: string): Slot[]
  /** Who holds a stage: the highest slot; with `at`, the highest written by then (dates of the tags). */
  holder(stage: string, at?: Date): Slot | 'none'
  /** The version that a rollback goes to: the log is a stack, a promotion pushes, a rollback pops. Never an archived one. */
  previous(stage: string): string | 'none'
  /** The entry that archived a version; undefined where it is not archived. */
  archived(version: string): Slot | undefined
  /** What `nextStep` decides on. */
  view(stage: string): StageView
  /** Whether the slots of a stage stand as they were written: contiguous, chained, each on a version. */
  checks(stage: string): Check[]
}

const patterns = (model: string) => [`refs/tags/${model}@*`, `refs/tags/${model}#*`]

/** Versions and slots by one `git ls-remote`: enough for who holds a stage. */
export async function listLog(github: GitHub, model: string): Promise<StageLog> {
  return stageLog(model, await github.refs.list(patterns(model)))
}

/** Versions, slots and their messages by one `git fetch`: enough for history, rollback and the chain. */
export function readLog(github: GitHub, model: string): Promise<StageLog> {
  return fetchTags(github, patterns(model), (refs, messages) => stageLog(model, refs, messages))
}

/** The logs of several models by one `git fetch`, in the order of their names. */
export async function readLogs(github: GitHub, models: string[]): Promise<StageLog[]> {
  // A fetch of nothing would be a fetch of everything.
  if (models.length === 0) return []
  return fetchTags(github, models.flatMap(patterns), (refs, messages) =>
    models.map((model) => stageLog(model, refs, messages)),
  )
}

function fetchTags<T>(
  github: GitHub,
  wanted: string[],
  use: (refs: PeeledRef[], messages: Map<string, TagObject>) => T,
): Promise<T> {
  return github.refs.fetch(wanted, async ({ refs, read }) => {
    const tags = refs.filter((r) => r.annotated)
    const bytes = await read(tags.map((r) => r.object))
    const messages = new Map<string, TagObject>()
    for (const [i, ref] of tags.entries()) if (bytes[i]) messages.set(ref.object, parseTag(ref.object, bytes[i]))
    return use(refs, messages)
  })
}

/** The log that a listing makes; tags of other models and other grammars do not count. */
export function stageLog(model: string, refs: PeeledRef[], messages?: Map<string, TagObject>): StageLog {
  const versions: VersionTag[] = []
  const slots = new Map<string, Slot[]>()
  for (const { name, object, commit } of refs) {
    const tag = name.replace(/^refs\/tags\//, '')
    const parsed = parseTagName(tag)
    if (parsed === undefined || parsed.model !== model) continue
    const said = messages?.get(object)
    const date = said?.tagger?.date ?? null
    if (parsed.kind === 'version')
      versions.push({ version: parsed.version, tag, object, record: commit, date, message: said?.message ?? null })
    else {
      const event = said === undefined ? null : eventOf(parsed, said.message)
      const named = said?.tag ?? null
      const slot = { stage: parsed.stage, n: parsed.n, tag, object, record: commit, version: null, event, date, named }
      const own = slots.get(parsed.stage)
      if (own === undefined) slots.set(parsed.stage, [slot])
      else own.push(slot)
    }
  }
  versions.sort((a, b) => compareVersions(a.version, b.version))
  const byRecord = Map.groupBy(versions, (v) => v.record)
  for (const of of slots.values()) {
    of.sort((a, b) => a.n - b.n)
    for (const slot of of) slot.version = versionOf(slot, byRecord.get(slot.record) ?? [])
  }
  const slotsOf = (stage: string) => slots.get(stage) ?? []

  function holder(stage: string, at?: Date): Slot | 'none' {
    const until = at === undefined ? slotsOf(stage) : slotsOf(stage).filter((s) => Date.parse(s.date ?? '') <= +at)
    if (at !== undefined) requireEvents('who held a stage at a time')
    return until.at(-1) ?? 'none'
  }

  function previous(stage: string): string | 'none' {
    requireEvents('the version before')
    const held = stack(slotsOf(stage))
    const now = slotsOf(stage).at(-1)?.version
    return held.findLast((v) => v !== now && archived(v) === undefined) ?? 'none'
  }

  function archived(version: string): Slot | undefined {
    return slotsOf(archivedStage).findLast((s) => s.version === version)
  }

  function requireEvents(what: string): void {
    if (messages === undefined) throw new Error(`${what} needs the tags' messages: read the log with readLog`)
  }

  return {
    model,
    withEvents: messages !== undefined,
    versions,
    stages: [...slots.keys()].sort(),
    slots: slotsOf,
    holder,
    previous,
    archived,
    view(stage) {
      const top = slotsOf(stage).at(-1)
      const before = previous(stage)
      return {
        top: top === undefined ? null : topOf(top),
        requested: slotsOf(stage).flatMap(({ n, event }) =>
          event === null || event.request === null
            ? []
            : [{ request: event.request, kind: event.kind, version: event.version, n }],
        ),
        previous: before === 'none' ? null : before,
        held: [
          ...new Map(
            slotsOf(stage).flatMap(({ version, n, object }) =>
              version === null ? [] : [[version, { version, n, object }]],
            ),
          ).values(),
        ],
        versions: versions.map((v) => v.version),
      }
    },
    checks: (stage) => {
      requireEvents('the chain')
      return chainChecks(model, stage, slotsOf(stage))
    },
  }
}

function topOf({ n, object, version, date, tag, named }: Slot): NonNullable<StageView['top']> {
  return { n, object, version, date, sound: tagForm(tag, named, date) === 'sound' }
}

/** What a slot's message says of this very slot; a message copied from another tag says nothing of it. */
function eventOf({ model, stage, n }: Extract<TagName, { kind: 'slot' }>, message: string): SlotEvent | null {
  const event = readSlotEvent(message)
  return event?.model === model && event.stage === stage && event.slot === n ? event : null
}

/** Two versions may share a record only where another tool tagged it; then the event says which one was meant. */
function versionOf(slot: Slot, onRecord: VersionTag[]): string | null {
  const same = onRecord.map((v) => v.version)
  if (slot.event !== null && same.includes(slot.event.version)) return slot.event.version
  return same.at(-1) ?? null
}

/** The versions that a stage could go back to, the holder last. Slots of another tool count as promotions. */
export function stack(slots: Slot[]): string[] {
  const held: string[] = []
  for (const { version, event } of slots) {
    if (version === null) continue
    if (event?.kind === 'rollback') {
      const to = held.slice(0, -1).lastIndexOf(version)
      // A version that had been rolled back from and was named again takes the place of the one it replaces.
      held.splice(to === -1 ? Math.max(0, held.length - 1) : to)
    }
    held.push(version)
  }
  return held
}
