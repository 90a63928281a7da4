import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dataset, type Roots, readText } from '@mlops-actions/files'
import type { GitHub } from '@mlops-actions/github'
import {
  type Profile,
  parseProfile,
  recount,
  type Sample,
  type SampleOptions,
  sampleTable,
  typesToCompare,
} from '@mlops-actions/profile'
import { download } from '@mlops-actions/registry'
import { type ReadOptions, readOnce, readTable, type Table } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import { namedVersion } from './held-version.ts'
import { dataOf, type LogRoles, logRoles } from './prediction-log.ts'
import { parseReference } from './reference.ts'

/** What data look like, and what they were, by name and digest. */
export interface NamedSample {
  sample: Sample
  name: string
  /** Fingerprint of data, or sha256 of a profile. */
  digest: string
  /** Of a model version: its metrics as training measured them. */
  metrics?: Record<string, number>
}

/** Data files as one table, and what their columns are where they are prediction logs. */
export interface NamedTable {
  table: Table
  name: string
  digest: string
  log: LogRoles | undefined
}

/** What opening a sample takes. */
export interface SampleWorld {
  roots: Roots
  /** Where downloaded files go. */
  folder: string
  github(): Promise<GitHub>
  /** How the project's data files are written. */
  reading: ReadOptions
  sensitive: string[]
  categorical: string[]
}

/** What a reference looks like: the profile that a version carries, a profile file, or data. */
export async function openSample(text: string, world: SampleWorld): Promise<NamedSample> {
  const reference = parseReference(text)
  if (reference.kind === 'run') throw unsupportedRun()
  if (reference.kind === 'path') return sampleFiles([reference.path], world)
  const github = await world.github()
  const version = await namedVersion(github, reference)
  const asset = version.manifest.reference_profile
  if (asset === null) throw noProfile(version.tag)
  const [path] = await download(github, version, join(world.folder, 'reference'), [asset.path])
  const sample = { profile: parseProfile(await readFile(path!, 'utf8'), `${asset.path} of ${version.tag}`) }
  return { sample, name: version.tag, digest: `sha256:${asset.sha256}`, metrics: version.manifest.metrics }
}

/** One profile file, or data files, which are counted in the bins of the profile they are compared with. */
export async function sampleFiles(patterns: string[], world: SampleWorld, bins?: Profile): Promise<NamedSample> {
  if (isProfileFile(patterns)) return profileFile(patterns[0]!, world.roots, bins)
  const { sources, fingerprint } = await dataset(patterns, world.roots)
  const reading = { ...world.reading, types: typesOf(bins) }
  const sample = await readOnce(sources, reading, (table) => sampleTable(dataOf(table), optionsOf(world, bins)))
  return { sample, name: patterns.join(', '), digest: fingerprint }
}

/** Whether these name a stored profile, and no rows. */
export function isProfileFile(patterns: string[]): boolean {
  return patterns.length === 1 && patterns[0]!.endsWith('.json')
}

/** Data files, read with the types of the profile that they are compared with. */
export async function openTable(patterns: string[], world: SampleWorld, beside?: Profile): Promise<NamedTable> {
  const { sources, fingerprint } = await dataset(patterns, world.roots)
  const table = await readTable(sources, { ...world.reading, types: typesOf(beside) })
  const log = logRoles(table.schema.map(({ name }) => name))
  return { table, name: patterns.join(', '), digest: fingerprint, log }
}

/** What a table's columns look like, but for those that tell the rows of a prediction log apart. */
export async function sampleOf({ table, name, digest }: NamedTable, world: SampleWorld, bins?: Profile) {
  const sample = await sampleTable(dataOf(table), optionsOf(world, bins))
  return { sample, name, digest }
}

/** The types of the profile that data are compared with; where that has no ids, they are texts, as they stand in the file. */
function typesOf(beside: Profile | undefined): NonNullable<ReadOptions['types']> {
  if (beside === undefined) return {}
  const known = beside.columns.some(({ name }) => name === 'id')
  return { ...(known ? {} : { id: 'text' }), ...typesToCompare(beside) }
}

function optionsOf({ sensitive, categorical }: SampleWorld, bins: Profile | undefined): SampleOptions {
  return { sensitive, categorical, ...(bins === undefined ? {} : { bins }) }
}

/** The profile that a file holds, counted in the bins of the one that it is compared with. */
async function profileFile(path: string, roots: Roots, bins?: Profile): Promise<NamedSample> {
  const text = await readText(path, roots)
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`
  const profile = parseProfile(text, path)
  return { sample: { profile: bins === undefined ? profile : recount(profile, bins, path) }, name: path, digest }
}

function noProfile(tag: string): UserError {
  return new UserError({
    code: 'REFERENCE_PROFILE_MISSING',
    message: `${tag} carries no reference profile.`,
    where: { key: 'reference' },
    help: 'Run data-validate on the training data before registering, or name the data as the reference.',
  })
}

function unsupportedRun(): UserError {
  return new UserError({
    code: 'NOT_SUPPORTED',
    message: 'A run cannot be the reference yet.',
    where: { key: 'reference' },
    help: 'Name a version, a stage, a data file or a profile.json.',
  })
}
