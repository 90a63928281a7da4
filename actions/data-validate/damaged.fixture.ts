import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { dataset } from '@mlops-actions/files'
import { serialiseProfile } from '@mlops-actions/profile'
import { parseSuite } from '@mlops-actions/validation'
import { UserError, type VerdictStatus, verdict } from '@mlops-actions/verdict'
import fc from 'fast-check'
import { openRows } from './judge.ts'

/** A real file, and whether its format tells that its end is missing, or that any byte of its content is another. */
export interface Original {
  name: string
  bytes: Buffer
  knowsItsEnd: boolean
  knowsItsBytes: boolean
}

/** What became of a file: why it was refused, or how it was judged. */
export interface Outcome {
  refused?: string
  verdict?: VerdictStatus
  profile?: string
}

const header = 'id,amount,at,plan,active,note'
const plans = ['basic', '"two, of many"', '"a ""quoted"" one"', '"over\ntwo lines"', 'Zürich', '日本語']
const row = (i: number) => [
  i,
  i % 7 === 0 ? '' : (i * 137 - 2000) / 100,
  `2024-01-${String((i % 28) + 1).padStart(2, '0')}T05:00:00Z`,
  plans[i % plans.length],
  i % 3 === 0,
  `note ${(i * 7919) % 1000} 😀`,
]
const rows = Array.from({ length: 60 }, (_, i) => row(i))
const csv = `${[header, ...rows.map((cells) => cells.join(','))].join('\n')}\n`
const tsv = csv.replaceAll('"two, of many"', 'two of many').replaceAll(',', '\t')
const keys = header.split(',')
const json = rows
  .map((cells) => JSON.stringify(Object.fromEntries(cells.map((cell, i) => [keys[i], cell === '' ? null : cell]))))
  .join('\n')

const parquets = ['arrow', 'arrow-v2', 'brotli', 'duckdb', 'encodings', 'gzip', 'int96', 'lz4', 'polars']

/** One file of every format that is read. */
export async function originals(): Promise<Original[]> {
  const zstd = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }
  const plain = { knowsItsEnd: false, knowsItsBytes: false }
  const packed = { knowsItsEnd: true, knowsItsBytes: true }
  const files: Original[] = [
    { name: 'a.csv', bytes: Buffer.from(csv), ...plain },
    { name: 'a.tsv', bytes: Buffer.from(tsv), ...plain },
    { name: 'a.jsonl', bytes: Buffer.from(json), ...plain },
    { name: 'a.csv.gz', bytes: gzipSync(csv), ...packed },
    { name: 'a.jsonl.gz', bytes: gzipSync(json), ...packed },
    { name: 'a.csv.zst', bytes: zstdCompressSync(csv, zstd), ...packed },
    { name: 'a.tsv.zst', bytes: zstdCompressSync(tsv, zstd), ...packed },
  ]
  for (const name of parquets) {
    const bytes = await readFile(new URL(`../../packages/table/fixtures/${name}.parquet`, import.meta.url))
    files.push({ name: `${name}.parquet`, bytes, knowsItsEnd: true, knowsItsBytes: false })
  }
  return files
}

type Damage =
  | { kind: 'flip'; places: [at: number, bits: number][] }
  | { kind: 'cut'; at: number }
  | { kind: 'double'; from: number; to: number }
  | { kind: 'splice'; from: number; to: number; at: number }

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })

export const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    kind: fc.constant('flip' as const),
    places: fc.array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: place }),
  fc.record({ kind: fc.constant('double' as const), from: place, to: place }),
  fc.record({ kind: fc.constant('splice' as const), from: place, to: place, at: place }),
)

/** The bytes of a file after damage was done to them; `other` is what is spliced in. */
export function damaged(bytes: Buffer, damage: Damage, other: Buffer): Buffer {
  const of = (share: number, whole = bytes) => Math.floor(share * whole.length)
  if (damage.kind === 'cut') return bytes.subarray(0, of(damage.at))
  if (damage.kind === 'flip') {
    const changed = Buffer.from(bytes)
    for (const [at, bits] of damage.places) changed[of(at)]! ^= bits
    return changed
  }
  const [from, to] = [damage.from, damage.to].sort((a, b) => a - b) as [number, number]
  if (damage.kind === 'double')
    return Buffer.concat([bytes.subarray(0, of(to)), bytes.subarray(of(from), of(to)), bytes.subarray(of(to))])
  const piece = other.subarray(of(from, other), of(to, other))
  return Buffer.concat([bytes.subarray(0, of(damage.at)), piece, bytes.subarray(of(damage.at))])
}

const suite = parseSuite(
  `rows: { between: [1, 100000] }
columns:
  id: { unique: true, type: integer, between: [0, 1000] }
  amount: { type: number, mean: [-100, 100], median: [-100, 100], mostly: 0.8 }
  at: { type: timestamp, max: [null, 2025-01-01] }
  plan: { in_set: [basic, Zürich], length: [1, 40], mostly: 0.2 }
  note: { matches: "^note \\\\d+", not_null: true }
expectations:
  - { type: expect_column_values_to_be_increasing, column: id }
  - { type: expect_compound_columns_to_be_unique, column_list: [id, plan] }
  - { type: expect_column_values_to_not_be_null, column: note, row_condition: "active == True", condition_parser: pandas }
`,
  'suite.yaml',
)

/** Judges a file as data-validate does. What is no UserError is thrown. */
export async function judged(folder: string, name: string, bytes: Buffer): Promise<Outcome> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, name), bytes)
  try {
    const data = await dataset([name], { workspace: folder })
    const { profile, checks } = await openRows(data, {}, {})
    const { status } = verdict('validation', {}, await checks(suite), {})
    return { verdict: status, profile: serialiseProfile(profile, { sensitive: [], minCategoryCount: 1 }) }
  } catch (error) {
    if (error instanceof UserError && error.help !== '') return { refused: error.code }
    throw error
  }
}
