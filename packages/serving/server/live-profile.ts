import { merge, type Profile, type ProfileOptions, profileTable, serialiseShard } from '@mlops-actions/profile'
import type { Column, ColumnSchema, Table } from '@mlops-actions/table'
import type { RecordedCell, RecordedColumn } from './recorded.ts'

/** So many rows are described at a time. */
const rowsAtATime = 4096
/** So many parts of a slice are kept before the smaller half becomes one. */
const mostParts = 8
/** A window moves on by so many steps. */
const slicesOfWindow = 24
/** Of longer texts so many characters count. */
const longestText = 256
/** Categories seen in fewer rows are folded, so that no person can be told from a rare value. */
const fewestRows = 10

interface Slice {
  /** Milliseconds since 1970. */
  start: number
  parts: Profile[]
}

/**
 * What served rows look like, those of the last hours: described as they come, in memory that grows with the columns and not
 * with the rows.
 */
export class LiveProfile {
  readonly #columns: RecordedColumn[]
  readonly #options: ProfileOptions
  readonly #sliceLength: number
  readonly #now: () => number
  #slices: Slice[]
  #waiting: RecordedCell[][] = []
  /** Rows are described one part after the other. */
  #described: Promise<void> = Promise.resolve()

  /** @param hours how long a row counts, give or take a 24th */
  constructor(columns: RecordedColumn[], options: ProfileOptions, hours: number, now: () => number = Date.now) {
    this.#columns = columns
    this.#options = options
    this.#sliceLength = (hours * 3_600_000) / slicesOfWindow
    this.#now = now
    this.#slices = [{ start: now(), parts: [] }]
  }

  add(cells: RecordedCell[]): void {
    if (this.#now() - this.#slices.at(-1)!.start >= this.#sliceLength) this.#turn()
    this.#waiting.push(cells.map((cell) => (typeof cell === 'string' ? shortened(cell) : cell)))
    if (this.#waiting.length >= rowsAtATime) this.#describe()
  }

  /** The profile as JSON, with the sketches by which it can be counted in any reference's bins and merged with others. */
  async text(): Promise<string> {
    if (this.#now() - this.#slices.at(-1)!.start >= this.#sliceLength) this.#turn()
    this.#describe()
    await this.#described
    const parts = this.#slices.flatMap((slice) => slice.parts)
    const whole = parts.length > 0 ? merge(parts) : await this.#profileOf([])
    return serialiseShard(whole, this.#options.sensitive, fewestRows)
  }

  /** Begins a slice, and lets go of those that are too old. */
  #turn(): void {
    this.#describe()
    const now = this.#now()
    this.#slices = this.#slices.filter(({ start }) => now - start < (slicesOfWindow + 1) * this.#sliceLength)
    this.#slices.push({ start: now, parts: [] })
  }

  #describe(): void {
    const rows = this.#waiting
    if (rows.length === 0) return
    this.#waiting = []
    const { parts } = this.#slices.at(-1)!
    this.#described = this.#described.then(async () => {
      parts.push(await this.#profileOf(rows))
      if (parts.length <= mostParts) return
      // The smallest together: so a row is merged as often as the number of parts has digits.
      parts.sort((a, b) => a.rows - b.rows)
      parts.push(merge(parts.splice(0, mostParts / 2)))
    })
  }

  #profileOf(rows: RecordedCell[][]): Promise<Profile> {
    return profileTable(tableOf(this.#columns, rows), this.#options)
  }
}

/** A copy: a part of a text keeps the whole of it in memory. */
function shortened(text: string): string {
  return text.length <= longestText ? text : Buffer.from(text.slice(0, longestText)).toString()
}

function tableOf(schema: RecordedColumn[], rows: RecordedCell[][]): Table {
  const columns = schema.map((column, i) => columnOf(column, rows, i))
  const described: ColumnSchema[] = columns.map(({ name, type, nulls }) => {
    return { name, type, nulls: nulls.reduce((sum, one) => sum + one, 0) }
  })
  return {
    schema: described,
    rows: rows.length,
    async *batches(names = described.map(({ name }) => name)) {
      const wanted = names.map((name) => columns.find((column) => column.name === name)!)
      yield { start: 0, rows: rows.length, columns: wanted, lines: new Uint32Array(rows.length), source: 0 }
    },
  }
}

function columnOf({ name, type }: RecordedColumn, rows: RecordedCell[][], i: number): Column {
  const nulls = Uint8Array.from(rows, (cells) => (cells[i] === null ? 1 : 0))
  if (type !== 'text') return { name, type, nulls, values: Float64Array.from(rows, (cells) => Number(cells[i])) }
  const dictionary: string[] = []
  const known = new Map<string, number>()
  const codes = Int32Array.from(rows, (cells) => {
    const cell = cells[i]!
    if (cell === null) return -1
    const word = String(cell)
    const code = known.get(word) ?? dictionary.push(word) - 1
    known.set(word, code)
    return code
  })
  return { name, type, nulls, codes, dictionary }
}
