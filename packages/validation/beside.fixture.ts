import { profileTable } from '@mlops-actions/profile'
import { readTable, type Table } from '@mlops-actions/table'
import type { Check } from '@mlops-actions/verdict'
import type { Beside } from './definition.ts'
import { validateProfile } from './from-profile.ts'
import { readBeside, validateFiles } from './reading.ts'
import { source } from './source.fixture.ts'
import { parseSuite } from './suite.ts'

interface Given extends Omit<Beside, 'files'> {
  /** CSV texts by the names that the suite gives them. */
  files?: Record<string, string>
}

/** The first check of a suite over a CSV text, with other CSV texts at hand. */
export async function firstCheck(
  csv: string,
  suiteText: string,
  { files = {}, ...beside }: Given = {},
): Promise<Check> {
  return (await allChecks(csv, suiteText, { files, ...beside }))[0]!
}

export async function allChecks(
  csv: string,
  suiteText: string,
  { files = {}, ...beside }: Given = {},
): Promise<Check[]> {
  const suite = parseSuite(suiteText, 'suite.yaml')
  const others = new Map<string, Table>()
  for (const [name, text] of Object.entries(files)) others.set(name, await readBeside([source(text, name)], suite))
  return validateFiles([source(csv)], suite, { beside: { ...beside, files: others } })
}

/** The first check of a suite over the profile of a CSV text, as a shard has it. */
export async function firstOfProfile(csv: string, suiteText: string, beside: Beside = {}): Promise<Check> {
  const profile = await profileTable(await readTable([source(csv)]))
  return validateProfile(profile, parseSuite(suiteText, 'suite.yaml'), { beside })[0]!
}

/** A CSV text of rows that are made one by one. */
export function csvOf(header: string, rows: number, row: (i: number) => unknown[]): string {
  return `${[header, ...Array.from({ length: rows }, (_, i) => row(i).join(','))].join('\n')}\n`
}
