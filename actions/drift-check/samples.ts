import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writingOf } from '@mlops-actions/action'
import { dataset, readText } from '@mlops-actions/files'
import { type Profile, parseProfile, type Sample, sampleTable, typesToCompare } from '@mlops-actions/profile'
import { namedVersion, parseReference } from '@mlops-actions/references'
import { download } from '@mlops-actions/registry'
import { readTable } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import type { DriftContext } from './inputs.ts'

/** One side of the check: what its columns look like, and what it was, by name and digest. */
export interface Side {
  sample: Sample
  name: string
  /** Fingerprint of data, or sha256 of a profile. */
  digest: string
}

/** The reference: the profile that a version carries, a profile file, or data. */
export async function openReference(a: DriftContext): Promise<Side> {
  const reference = parseReference(a.inputs.reference)
  if (reference.kind === 'run') throw unsupportedRun()
  if (reference.kind === 'path')
    return isProfile(reference.path) ? profileFile(a, reference.path) : data(a, [reference.path])
  const github = await a.github()
  const version = await namedVersion(github, reference)
  const asset = version.manifest.reference_profile
  if (asset === null) throw noProfile(version.tag)
  const [path] = await download(github, version, join(a.folder, 'reference'), [asset.path])
  const sample = { profile: parseProfile(await readFile(path!, 'utf8'), `${asset.path} of ${version.tag}`) }
  return { sample, name: version.tag, digest: `sha256:${asset.sha256}` }
}

/** The current data, counted in the reference's bins. */
export async function openCurrent(a: DriftContext, reference: Profile): Promise<Side> {
  const [first] = a.inputs.current
  if (a.inputs.current.length === 1 && isProfile(first!)) return profileFile(a, first!)
  return data(a, a.inputs.current, reference)
}

function isProfile(path: string): boolean {
  return path.endsWith('.json')
}

async function profileFile(a: DriftContext, path: string): Promise<Side> {
  const text = await readText(path, a.roots)
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`
  return { sample: { profile: parseProfile(text, path) }, name: path, digest }
}

async function data(a: DriftContext, patterns: string[], bins?: Profile): Promise<Side> {
  const { sources, fingerprint } = await dataset(patterns, a.roots)
  const table = await readTable(sources, { ...writingOf(a), ...(bins ? { types: typesToCompare(bins) } : {}) })
  const { sensitive = [], categorical = [] } = a.settings.values.data ?? {}
  const sample = await sampleTable(table, { sensitive, categorical, ...(bins ? { bins } : {}) })
  return { sample, name: patterns.join(', '), digest: fingerprint }
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
