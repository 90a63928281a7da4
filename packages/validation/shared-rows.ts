import { Hash } from '@mlops-actions/profile'
import type { Batch, Column, ColumnSchema } from '@mlops-actions/table'
import * as z from 'zod'
import type { Cell } from './cell.ts'
import { columnOf, type Definition, define, type Finding, fileOf, NotJudgeable } from './definition.ts'
import { HashCounts } from './hash-counts.ts'
import { lineOf, placeOf, sourceOf } from './place.ts'
import { eachRecord } from './record.ts'
import { listed } from './row-wise.ts'
import { canAgree, comparable, hashKey } from './same-value.ts'
import { except, exceptText } from './times.ts'

type Key = Cell | undefined

/** Shows the rows of a batch that have a value, as keys that compare across both files. The same array is given each time. */
function eachRow(
  found: Map<string, Column>,
  batch: Batch,
  columns: ColumnSchema[],
  others: ColumnSchema[],
  take: (keys: Key[], row: number) => void,
): void {
  const toKey = columns.map((column, i) => comparable(column, others[i]!))
  const keys: Key[] = new Array(columns.length)
  eachRecord(found, batch, columns, 'all', {
    missing: () => {},
    row(cells, row) {
      for (const [i, cell] of cells.entries()) keys[i] = cell === undefined ? undefined : toKey[i]!(cell)
      take(keys, row)
    },
  })
}

/** Takes the hash of a row. */
function hashRow(hash: Hash, keys: Key[], cell: Hash): void {
  hash.list()
  for (const key of keys) {
    hashKey(cell, key)
    hash.next(cell)
  }
}

interface Overlap {
  /** Rows of the file, and those of them that are in the data too. */
  file: number
  shared: number
  /** Rows of the data, those of them that are in the file too, and those that stand more than once in the data. */
  data: number
  inFile: number
  repeated: number
}

function overlapOf(hashes: HashCounts): Overlap {
  const of: Overlap = { file: 0, shared: 0, data: 0, inFile: 0, repeated: 0 }
  for (const [file, data] of hashes.all()) {
    of.file += file
    of.data += data
    if (data > 0) of.shared += file
    if (file > 0) of.inFile += data
    if (data > 1) of.repeated += data
  }
  return of
}

/**
 * Whether more rows are shared than chance gives. Where both files come from one source, a row of the one is in the other
 * about as often as a row of the data stands twice in the data: the two shares are compared, the second of which varies twice
 * as much because rows repeat in pairs. Beyond three standard errors it is no chance (once in 700 honest splits).
 */
function beyondChance({ file, shared, data, repeated }: Overlap): boolean {
  const pooled = (shared + repeated) / (file + data)
  const error = Math.sqrt(pooled * (1 / file + 2 / data))
  return shared / file - repeated / data > 3 * error
}

function findingOf(overlap: Overlap, places: number[], share: number, constant: string[]): Finding {
  const { file, shared, data, inFile, repeated } = overlap
  const percent = (part: number, whole: number) => (whole === 0 ? 0 : +((100 * part) / whole).toPrecision(3))
  const chance = shared > 0 && !beyondChance(overlap)
  const twice = `of the data's own rows ${percent(repeated, data)} % stand in them more than once`
  const said = [
    ...(chance
      ? [`No more than chance gives: ${twice}. Drop the repeated rows, or add columns that tell them apart.`]
      : shared > 0
        ? [`More than chance gives: ${twice}.`]
        : []),
    ...(constant.length > 0 ? [`Not compared, as all its rows hold the same: ${constant.join(', ')}.`] : []),
    ...(share < 1 ? [`Looked at one of ${1 / share} different rows, chosen by their content.`] : []),
  ]
  return {
    success: shared === 0 && file > 0 && data > 0,
    observed:
      file === 0
        ? 'the file has no rows'
        : data === 0
          ? 'no rows to compare'
          : `${shared} of its ${file} rows (${percent(shared, file)} %)`,
    ...(chance ? { severity: 'warned' } : {}),
    evidence: {
      element_count: data,
      unexpected_count: inFile,
      unexpected_percent: data === 0 ? null : (100 * inFile) / data,
      unexpected_rows: places.map(lineOf),
      file_count: file,
      shared_count: shared,
      repeated_count: repeated,
      ...(share < 1 ? { sampled_share: share } : {}),
    },
    sources: places.map(sourceOf),
    ...(said.length === 0 ? {} : { detail: said.join(' ') }),
  }
}

/**
 * Rows are the same where all columns that both have hold the same; a row without any value is none. A column that holds one
 * value in the whole file tells none of its rows apart, and would keep all of them from those of the data if it names the
 * split or a label that was taken out: it is not compared.
 */
const notInFile = define({
  schema: z.strictObject({ file: z.string('expected the path of a file'), except }),
  needsValues: false,
  says: (of) => `has no row of ${of.file}${exceptText(of.except)}`,
  open({ file, except: left = [] }, context) {
    const table = fileOf(file, context)
    for (const name of left) columnOf(name, context)
    const own = context.table.schema.filter(
      ({ name }) => !left.includes(name) && table.schema.some((other) => other.name === name),
    )
    if (own.length === 0) throw new NotJudgeable(`The data and ${file} have no column in common`)
    const others = own.map(({ name }) => columnOf(name, { table }, file))
    const apart = own.find(
      (column, i) =>
        others[i]!.nulls < table.rows && (column.nulls === context.table.rows || !canAgree(column, others[i]!)),
    )
    if (apart !== undefined && context.table.rows > 0)
      throw new NotJudgeable(
        `"${apart.name}" holds nothing in the data that ${file} could hold, so that no row can be equal; name it in "except"`,
      )

    const names = own.map(({ name }) => name)
    const hashes = new HashCounts()
    const [hash, cell] = [new Hash(), new Hash()]
    const places: number[] = []
    let first: Key[] | undefined
    const varies = names.map(() => false)
    const isConstant = (i: number) => !varies[i] && varies.includes(true)
    return {
      columns: names,
      first: {
        table,
        columns: names,
        see: (columns, batch) =>
          eachRow(columns, batch, others, own, (keys) => {
            first ??= [...keys]
            for (let i = 0; i < keys.length; i++) if (keys[i] !== first[i]) varies[i] = true
            hashRow(hash, keys, cell)
            hashes.add(hash, 0)
          }),
      },
      see: (columns, batch) =>
        eachRow(columns, batch, own, others, (keys, row) => {
          for (let i = 0; i < keys.length; i++) if (first !== undefined && isConstant(i)) keys[i] = first[i]
          hashRow(hash, keys, cell)
          if (places.length < listed && hashes.count(hash, 0) > 0) places.push(placeOf(batch, row))
          hashes.add(hash, 1)
        }),
      conclude: () =>
        findingOf(
          overlapOf(hashes),
          places,
          hashes.share,
          names.filter((_, i) => isConstant(i)),
        ),
    }
  },
})

/** Our own expectations over rows and another file. */
export const sharedRowDefinitions: Record<string, Definition> = { expect_rows_to_not_be_in_file: notInFile }
