import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writingOf } from '@mlops-actions/action'
import { codeOf, type Dataset, type Roots, readText } from '@mlops-actions/files'
import { merge, type Profile, type ProfileOptions, parseProfile, profileTable, protect } from '@mlops-actions/profile'
import { type NamedSample, openSample, type SampleWorld } from '@mlops-actions/references'
import { type ReadOptions, readTable } from '@mlops-actions/table'
import {
  infer,
  parseSuite,
  readForSuite,
  type Suite,
  suiteYaml,
  validate,
  validateProfile,
  withoutFailed,
} from '@mlops-actions/validation'
import { type Check, check, UserError } from '@mlops-actions/verdict'
import type { DataContext } from './inputs.ts'

/** Data that can be judged by any suite, and what they look like. */
export interface Judged {
  profile: Profile
  checks(suite: Suite): Promise<Check[]>
}

/** What the data are compared with, where something is named. */
export async function openReference(
  a: DataContext,
  columns: Pick<SampleWorld, 'sensitive' | 'categorical'>,
): Promise<NamedSample | undefined> {
  const { reference } = a.inputs
  if (reference === undefined) return undefined
  const world = { roots: a.roots, folder: a.folder, github: a.github, reading: writingOf(a), ...columns }
  return a.log.group(`Reference ${reference}`, () => openSample(reference, world))
}

/** Data files, judged row by row. */
export async function openRows(data: Dataset, reading: ReadOptions, options: ProfileOptions): Promise<Judged> {
  const table = await readTable(data.sources, reading)
  const profile = await profileTable(table, options)
  const showing = { files: data.files.map(({ path }) => path), sensitive: options.sensitive ?? [] }
  const checks = async (suite: Suite) =>
    validate(await readForSuite(data.sources, suite, reading, table), suite, showing)
  return { profile, checks }
}

/** The profiles of shards, judged together by what profiles can tell. */
export async function openShards(data: Dataset, roots: Roots, sensitive: string[]): Promise<Judged> {
  const names = data.files.map((file) => file.path)
  const profiles: Profile[] = []
  for (const name of names) profiles.push(parseProfile(await readText(name, roots), name))
  const merged = merge(profiles, names)
  const columns = merged.columns.map((column) => (sensitive.includes(column.name) ? protect(column) : column))
  const profile = { ...merged, columns }
  const showing = { sensitive: columns.filter((column) => column.sensitive).map(({ name }) => name) }
  return { profile, checks: async (suite) => validateProfile(profile, suite, showing) }
}

/** Whether the data are profiles of shards; a UserError where some are and some are not. */
export function areShards({ files }: Dataset): boolean {
  const shards = files.filter(({ path }) => path.endsWith('.json'))
  if (shards.length === 0) return false
  const other = files.find((file) => !shards.includes(file))
  if (other === undefined) return true
  throw new UserError({
    code: 'DATA_MIXED',
    message: `${shards[0]!.path} is a profile, and ${other.path} is a data file.`,
    where: { key: 'data' },
    help: 'Name data files alone, or the profiles of shards alone (made with the input "shard").',
  })
}

/** The suite that the data speak for, as YAML: every rule of it holds on them. */
export async function propose({ profile, checks }: Judged, name: string): Promise<string> {
  const columns = infer(profile)
  const tried = await checks(parseSuite(suiteYaml(columns, profile.rows, name), 'the proposed suite'))
  return suiteYaml(withoutFailed(columns, tried), profile.rows, name)
}

/** Writes a proposed suite to a file that is not there yet: a suite that someone has mended is never lost. */
export async function writeProposal(absolute: string, path: string, suite: string): Promise<void> {
  await mkdir(dirname(absolute), { recursive: true })
  await writeFile(absolute, suite, { flag: 'wx' }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new UserError({
      code: 'SUITE_EXISTS',
      message: `There is a file ${path} already; no suite was proposed.`,
      where: { file: path, key: 'infer' },
      help: 'Give "infer" the path of a file that is not there yet, or take the input out of the step.',
    })
  })
}

/** Says that the data were judged by nothing but what was proposed from themselves. */
export function onlyProposed(path: string): Check {
  return check(false, {
    id: 'suite.proposed',
    title: 'the suite is a proposal',
    subject: path,
    observed: 'a suite proposed from the very data that it judged',
    expected: 'a suite that someone has read',
    severity: 'warned',
    detail: `Read ${path}, commit it, and give it as "suite".`,
  })
}
