import { UserError } from '@mlops-actions/verdict'

/** What GTO can read, and what needs no quoting anywhere: no dot, no dash or underscore at the end, at most 63 characters. */
const name = '[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?'
const number = '(?:0|[1-9]\\d*)'
const identifier = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)'
const version = `v${number}\\.${number}\\.${number}(?:-${identifier}(?:\\.${identifier})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`

export const namePattern = new RegExp(`^${name}$`)
export const versionPattern = new RegExp(`^${version}$`)
const versionTagPattern = new RegExp(`^(${name})@(${version})$`)
const slotTagPattern = new RegExp(`^(${name})#(${name})#([1-9]\\d{0,8})$`)

/** What a tag of the registry says; GTO's grammar. */
export type TagName =
  | { kind: 'version'; model: string; version: string }
  | { kind: 'slot'; model: string; stage: string; n: number }

/** `churn@v1.4.0` or `churn#production#7`; undefined for any other tag. */
export function parseTagName(tag: string): TagName | undefined {
  const v = versionTagPattern.exec(tag)
  if (v !== null) return { kind: 'version', model: v[1]!, version: v[2]! }
  const s = slotTagPattern.exec(tag)
  return s === null ? undefined : { kind: 'slot', model: s[1]!, stage: s[2]!, n: Number(s[3]) }
}

/** The stage that archived versions are entered in: its log is a list, and nobody holds it. */
export const archivedStage = 'archived'

export const versionTag = (model: string, of: string) => `${model}@${of}`
export const slotTag = (model: string, stage: string, n: number) => `${model}#${stage}#${n}`

/** The name itself where it is one; a UserError that says the rule otherwise. */
export function requireName(kind: 'model' | 'stage', text: string): string {
  if (namePattern.test(text)) return text
  throw new UserError({
    code: 'NAME_INVALID',
    message: `"${text}" cannot name a ${kind}.`,
    where: { key: kind },
    help: 'Use lower-case letters, digits, "-" and "_", at most 63, beginning and ending with a letter or digit, for example "churn".',
  })
}

/** The version itself where it is one, with `v`; a UserError that says the rule otherwise. */
export function requireVersion(text: string): string {
  if (versionPattern.test(text)) return text
  throw new UserError({
    code: 'VERSION_INVALID',
    message: `"${text}" is not a version.`,
    where: { key: 'version' },
    help: versionPattern.test(`v${text}`) ? `Write v${text}.` : 'Write v and three numbers, for example v1.4.0.',
  })
}

/** Order of SemVer 2.0.0, section 11; build metadata does not count. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [split(a), split(b)]
  for (let i = 0; i < 3; i++) if (x.numbers[i] !== y.numbers[i]) return x.numbers[i]! - y.numbers[i]!
  if (x.pre.length === 0 || y.pre.length === 0) return y.pre.length - x.pre.length
  for (let i = 0; i < Math.min(x.pre.length, y.pre.length); i++) {
    const order = compareIdentifiers(x.pre[i]!, y.pre[i]!)
    if (order !== 0) return order
  }
  return x.pre.length - y.pre.length
}

function compareIdentifiers(a: string, b: string): number {
  const [m, n] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (m && n) return Number(a) - Number(b)
  if (m !== n) return m ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

function split(of: string): { numbers: number[]; pre: string[] } {
  const [core = '', ...pre] = of.slice(1).split('+')[0]!.split('-')
  return { numbers: core.split('.').map(Number), pre: pre.length === 0 ? [] : pre.join('-').split('.') }
}

/** Whether a version is a pre-release, `v2.0.0-rc.1`. */
export const isPrerelease = (of: string) => split(of).pre.length > 0

export type Bump = 'major' | 'minor' | 'patch'

/** The highest released version; a pre-release only where nothing else is there. undefined for none. */
export function highestVersion(of: Iterable<string>): string | undefined {
  const sorted = [...of].sort(compareVersions)
  return sorted.findLast((v) => !isPrerelease(v)) ?? sorted.at(-1)
}

/**
 * The version after the highest one; `v1.0.0` where there is none. As npm counts: after a pre-release comes the release that
 * it leads to, where that is step enough, so v2.0.0-rc.1 is followed by v2.0.0, and v2.1.0-rc.1 by v2.1.0 or, for a major
 * step, by v3.0.0.
 */
export function nextVersion(highest: string | undefined, bump: Bump): string {
  if (highest === undefined) return 'v1.0.0'
  const { numbers, pre } = split(highest)
  const [major, minor, patch] = numbers as [number, number, number]
  const leadsTo = pre.length === 0 ? undefined : patch > 0 ? 'patch' : minor > 0 ? 'minor' : 'major'
  const enough = { patch: ['patch', 'minor', 'major'], minor: ['minor', 'major'], major: ['major'] }[bump]
  if (leadsTo !== undefined && enough.includes(leadsTo)) return `v${major}.${minor}.${patch}`
  if (bump === 'major') return `v${major + 1}.0.0`
  return bump === 'minor' ? `v${major}.${minor + 1}.0` : `v${major}.${minor}.${patch + 1}`
}
