import type { Signature } from '@mlops-actions/github'

/** Why a stage changed hands: the JSON in a slot's tag message. */
export interface SlotEvent {
  schema: 'mlops-actions/slot@1'
  kind: 'promotion' | 'rollback' | 'archive'
  model: string
  stage: string
  slot: number
  version: string
  manifest_sha256: string
  /** The slot below: a chain in which a missing tag is noticed. */
  previous: { slot: number; object: string } | null
  who: string
  why: string | null
  /** Who approved it, where the policy asks for that. */
  approved_by?: string[]
  run_url: string | null
  /** sha256 of each piece of evidence that was judged. */
  evidence: string[]
  /** What asked for it: the same on every attempt of one workflow step, so that a repeat is known as one. */
  request: string | null
  /** Random: without it two promoters in one second would write the same tag object and both believe that they won. */
  nonce: string
}

/** One entry of a stage's log. */
export interface Slot {
  stage: string
  n: number
  tag: string
  object: string
  record: string
  /** null where no version tag names the same record. */
  version: string | null
  /** null where somebody else's tool wrote it, or only the listing was read. */
  event: SlotEvent | null
  date: string | null
  /** The name inside the tag object: another one where the tag was moved; null as for the event, and for a lightweight tag. */
  named: string | null
}

/** The tag's message: one sentence for people, then the event. */
export function slotMessage(event: SlotEvent): string {
  const version = `${event.model} ${event.version}`
  const did = {
    promotion: `promoted ${version} to ${event.stage}`,
    rollback: `rolled ${version} back into ${event.stage}`,
    archive: `archived ${version}`,
  }[event.kind]
  const why = event.why === null ? '' : `: ${oneLine(event.why)}`
  const approved = event.approved_by === undefined ? '' : ` (approved by ${oneLine(event.approved_by.join(', '))})`
  return `${oneLine(event.who)} ${did}${approved}${why}\n\n${JSON.stringify(event, null, 2)}\n`
}

/** What a change of a stage is called in its event. */
export const eventKinds = { promote: 'promotion', rollback: 'rollback', archive: 'archive' } as const

/** The event in a tag's message; null where it is none of ours (GTO's messages are free text). */
export function readSlotEvent(message: string): SlotEvent | null {
  const event = jsonAfterSentence(message)
  if (event?.schema !== 'mlops-actions/slot@1') return null
  const { kind, slot, version, previous } = event
  const known =
    Object.values<unknown>(eventKinds).includes(kind) && typeof slot === 'number' && typeof version === 'string'
  return known && previous !== undefined ? (event as unknown as SlotEvent) : null
}

/** What a version's tag says of it. */
export interface VersionEvent {
  schema: 'mlops-actions/version@1'
  model: string
  version: string
  run: string
  who: string
  run_url: string | null
  /** Id of the release that holds its files: a draft when the tag was written. Other drafts of the run are never published. */
  release: number
  /** sha256 of the assets whose digests stand in no manifest, by name, and of the manifest itself. */
  digests: Record<string, string>
}

export function versionMessage(event: VersionEvent): string {
  return `${event.model} ${event.version}, of run ${event.run}\n\n${JSON.stringify(event, null, 2)}\n`
}

export function readVersionEvent(message: string): VersionEvent | null {
  const event = jsonAfterSentence(message)
  if (event?.schema !== 'mlops-actions/version@1' || typeof event.digests !== 'object') return null
  return event as unknown as VersionEvent
}

/**
 * When a slot says it was written: now, but after the slot below and not before its version, since GTO orders by this
 * date alone, in whole seconds. Arguments are ISO 8601 texts.
 */
export function slotDate(now: string, below: string | null, version: string | null): string {
  const seconds = (of: string) => Math.floor(Date.parse(of) / 1000)
  const times = [seconds(now)]
  if (below !== null) times.push(seconds(below) + 1)
  if (version !== null) times.push(seconds(version))
  return new Date(Math.max(...times) * 1000).toISOString()
}

/** A GitHub login as git wants a person: without the characters that would break its format. */
export function person(login: string, date: string): Signature {
  const name = login.replaceAll(/[<>\p{Cc}]/gu, '').trim() || 'unknown'
  return { name, email: `${name.replaceAll(/\s+/g, '-')}@users.noreply.github.com`, date }
}

function jsonAfterSentence(message: string): Record<string, unknown> | undefined {
  const start = message.indexOf('\n\n{')
  if (start === -1) return undefined
  const end = message.lastIndexOf('}')
  try {
    return JSON.parse(message.slice(start, end + 1)) as Record<string, unknown>
  } catch {
    return undefined
  }
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
