import { Hash } from '@mlops-actions/profile'
import type { Batch, Column, ColumnSchema } from '@mlops-actions/table'
import { z } from 'zod'
import { type Cell, keyOfCells } from './cell.ts'
import { columnOf, type Definition, define, type Finding, fileOf, NotJudgeable } from './definition.ts'
import { HashCounts } from './hash-counts.ts'
import { eachRecord } from './record.ts'
import { listed } from './row-wise.ts'
import { canAgree, comparable } from './same-value.ts'
import { except, exceptText } from './times.ts'

/** One side of the comparison: the rows of the file (0) or of the data (1). */
class Side {
  readonly columns: ColumnSchema[]
  readonly #keys: ((cell: Cell) => Cell)[]
  /** The row before as its cells' keys, and which columns have not changed so far. */
  first: (Cell | undefined)[] | undefined
  readonly constant: boolean[]

  constructor(columns: ColumnSchema[], others: ColumnSchema[]) {
    this.columns = columns
    this.#keys = columns.map((column, i) => comparable(column, others[i]!))
    this.constant = columns.map(() => true)
  }

  /** Gives the hash of each row that has a value. */
  each(found: Map<string, Column>, batch: Batch, hash: Hash, take: (row: number) => void): void {
    eachRecord(found, batch, this.columns, 'all', {
      missing: () => {},
      row: (cells, row) => {
        const keys = cells.map((cell, i) => (cell === undefined ? undefined : this.#keys[i]!(cell)))
        this.first ??= keys
        for (let i = 0; i < keys.length; i++) if (keys[i] !== this.first[i]) this.constant[i] = false
        hash.text(keyOfCells(keys))
        take(row)
      },
    })
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

function findingOf(overlap: Overlap, lines: number[], share: number): Finding {
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
    ...(share < 1 ? [`Looked at a ${1 / share}th of the rows, chosen by their content.`] : []),
  ]
  return {
    success: shared === 0 && file > 0,
    observed: file === 0 ? 'the file has no rows' : `${shared} of its ${file} rows (${percent(shared, file)} %)`,
    ...(chance ? { severity: 'warned' } : {}),
    evidence: {
      element_count: data,
      unexpected_count: inFile,
      unexpected_percent: data === 0 ? null : (100 * inFile) / data,
      unexpected_rows: lines,
      file_count: file,
      shared_count: shared,
      repeated_count: repeated,
      ...(share < 1 ? { sampled_share: share } : {}),
    },
    ...(said.length === 0 ? {} : { detail: said.join(' ') }),
  }
}

/** Rows are the same where all columns that both have hold the same; a row without any value is none. */
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
    const apart = own.find((column, i) => {
      const isEmpty = (of: ColumnSchema, rows: number) => rows > 0 && of.nulls === rows
      return !canAgree(column, others[i]!) || isEmpty(column, context.table.rows) !== isEmpty(others[i]!, table.rows)
    })
    const never = (name: string) =>
      `"${name}" holds one thing in the data and another in ${file}, so that no row can be equal; name it in "except"`
    if (apart !== undefined && context.table.rows > 0 && table.rows > 0) throw new NotJudgeable(never(apart.name))

    const names = own.map(({ name }) => name)
    const sides = [new Side(others, own), new Side(own, others)] as const
    const hashes = new HashCounts()
    const hash = new Hash()
    const lines: number[] = []
    return {
      columns: names,
      first: {
        table,
        columns: names,
        see: (columns, batch) => sides[0].each(columns, batch, hash, () => hashes.add(hash, 0)),
      },
      see: (columns, batch) =>
        sides[1].each(columns, batch, hash, (row) => {
          if (lines.length < listed && hashes.count(hash, 0) > 0) lines.push(batch.lines[row]!)
          hashes.add(hash, 1)
        }),
      conclude() {
        const [there, here] = sides
        const mark = names.findIndex(
          (_, i) =>
            there.constant[i] && here.constant[i] && there.first && here.first && there.first[i] !== here.first[i],
        )
        if (mark >= 0)
          return { success: false, observed: 'not comparable', evidence: {}, detail: `${never(names[mark]!)}.` }
        return findingOf(overlapOf(hashes), lines, hashes.share)
      },
    }
  },
})

/** Our own expectations over rows and another file. */
export const sharedRowDefinitions: Record<string, Definition> = { expect_rows_to_not_be_in_file: notInFile }
