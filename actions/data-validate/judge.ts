import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writingOf } from '@mlops-actions/action'
import { codeOf, type Dataset, dataset, type Roots, readText } from '@mlops-actions/files'
import { merge, type Profile, type ProfileOptions, parseProfile, profileTable, protect } from '@mlops-actions/profile'
import { type NamedSample, openSample, type SampleWorld } from '@mlops-actions/references'
import { type ReadOptions, readOnce, type Table } from '@mlops-actions/table'
import {
  type Beside,
  filesOf,
  infer,
  parseSuite,
  readBeside,
  type Suite,
  suiteYaml,
  validateFiles,
  validateProfile,
  withoutFailed,
} from '@mlops-actions/validation'
import { type Check, check, UserError } from '@mlops-actions/verdict'
import type { DataContext } from './inputs.ts'

/** Data that can be judged by any suite, and what they look like. */
export interface Judged {
  profile: Profile
  checks(suite: Suite, beside?: Beside): Promise<Check[]>
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

/** Other files that a suite names, by these names. */
export interface Others {
  tables: Map<string, Table>
  /** What they were: those of one name are one table. */
  named: { name: string; fingerprint: string; files: Dataset['files'] }[]
}

/** Opens the other files that a suite names; a UserError says where it does. */
export async function openOthers(a: DataContext, suite: Suite): Promise<Others> {
  const others: Others = { tables: new Map(), named: [] }
  for (const { file, where } of filesOf(suite)) {
    try {
      const { files, fingerprint, sources } = await dataset([file], a.roots)
      others.tables.set(file, await readBeside(sources, suite, writingOf(a)))
      others.named.push({ name: file, fingerprint, files })
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      const { code, message, help } = error
      const key = where.key ?? 'file'
      throw new UserError({
        code,
        message: `${message} The suite names ${file} in line ${where.line ?? 1}, at ${key}.`,
        where: { file, ...error.where, key },
        help,
        cause: error,
      })
    }
  }
  return others
}

/** Data files, judged row by row. */
export async function openRows(data: Dataset, reading: ReadOptions, options: ProfileOptions): Promise<Judged> {
  const { table, profile } = await readOnce(data.sources, reading, async (table) => ({
    table,
    profile: await profileTable(table, options),
  }))
  const showing = { files: data.files.map(({ path }) => path), sensitive: options.sensitive ?? [] }
  const checks: Judged['checks'] = (suite, beside) =>
    validateFiles(data.sources, suite, { reading, beside, showing, known: table })
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
  return { profile, checks: async (suite, beside) => validateProfile(profile, suite, { beside, showing }) }
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
