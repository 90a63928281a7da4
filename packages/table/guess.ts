import { tableOf, wantedOf } from './batches.ts'
import type { Batch, ColumnSchema, ColumnType, Table } from './column.ts'
import { Columns } from './columns.ts'
import { ColumnReader } from './fill.ts'
import { Memory } from './memory.ts'
import type { TableFile } from './table-file.ts'

/** Thrown to whoever reads the rows, once all were surveyed: some of them are not of the types that were guessed. */
class WrongGuess extends Error {}

/** Files as a table whose types are guessed from the first rows, until its rows were read. */
export class Guess {
  /** What reading ended in, if it did: no other guess would spare it. */
  fault: unknown
  /** The table as it is, where the guess was wrong. */
  settled: Table | undefined
  readonly #files: TableFile[]
  readonly #types: Record<string, ColumnType>
  #schema: ColumnSchema[] = []
  #rows: number | undefined

  /** @param types what the caller decides instead of the rows */
  constructor(files: TableFile[], types: Record<string, ColumnType>) {
    this.#files = files
    this.#types = types
  }

  /** Whether all rows were read, and are of the types that were guessed. */
  get isSettled(): boolean {
    return this.#rows !== undefined
  }

  /** Guesses from the first run of rows; says whether there is anything to guess from. */
  async begin(): Promise<boolean> {
    const columns = new Columns(this.#types)
    const memory = new Memory()
    try {
      for await (const { rows } of this.#files[0]!.survey(columns, memory)) {
        this.#schema = columns.schema(rows)
        if (rows > 0) break
      }
      return this.#schema.length > 0
    } finally {
      memory.release()
    }
  }

  table(): Table {
    const rows = () => {
      if (this.#rows === undefined) throw new Error('how many rows there are is not known before they were read')
      return this.#rows
    }
    const settled = tableOf(this.#files, this.#schema, rows)
    return {
      schema: this.#schema,
      get rows() {
        return rows()
      },
      batches: (names, nullsOnly) =>
        this.isSettled ? settled.batches(names, nullsOnly) : this.#read(names, nullsOnly),
    }
  }

  async *#read(names: string[] | undefined, nullsOnly: string[] = []): AsyncGenerator<Batch> {
    const wanted = wantedOf(this.#schema, names)
    const columns = new Columns(this.#types)
    const memory = new Memory()
    let rows = 0
    let holds = true
    try {
      const readers = wanted.map((column) => new ColumnReader(column, memory, nullsOnly.includes(column.name)))
      for (const [source, file] of this.#files.entries()) {
        for await (const run of file.survey(columns, memory, () => (holds ? readers : undefined))) {
          // A header alone says nothing of types.
          if (run.rows === 0) continue
          holds &&= columns.agree(this.#schema)
          if (run.read === undefined) holds = false
          else if (holds) yield { start: rows, source, ...run.read }
          rows += run.rows
        }
      }
    } catch (error) {
      this.fault = error
      throw error
    } finally {
      memory.release()
    }
    const schema = columns.schema(rows)
    if (holds && columns.agree(this.#schema)) {
      for (const [i, column] of schema.entries()) Object.assign(this.#schema[i]!, column)
      this.#rows = rows
    } else {
      this.settled = tableOf(this.#files, schema, () => rows)
      throw new WrongGuess('rows are not of the types that the first ones have')
    }
  }
}
