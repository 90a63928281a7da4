import { isUtf8 } from 'node:buffer'
import { UserError } from '@mlops-actions/verdict'
import { type ColumnMetaData, type FileMetaData, parquetMetadataAsync, type SchemaElement } from 'hyparquet'
import type { Column, Source } from './column.ts'
import type { Dictionary } from './dictionary.ts'
import type { ColumnReader } from './fill.ts'
import { bytesOf } from './format.ts'
import { type Page, pagesOf } from './parquet-pages.ts'
import { impossible, type Kind, kindOf, lastTime, type Raw } from './parquet-types.ts'
import type { Run, TableFile } from './table-file.ts'
import { type ColumnTyping, holds } from './types.ts'

/** So much of a row group is held at once. */
const mostRows = 1 << 24
const mostBytes = 2 ** 30

/** A column of the file, beside where its parts are. */
interface Leaf {
  name: string
  element: SchemaElement
  kind: Kind
}

/** One column in one row group. */
interface Chunk {
  leaf: Leaf
  meta: ColumnMetaData
  rows: number
  /** Number of the row group's first row in the file, from 1. */
  first: number
}

/**
 * A Parquet file, row group by row group: memory holds one. Types are the file's own; what its statistics tell is not read
 * to find it out. UserError: nested columns, bytes that are no text, infinite numbers, row groups beyond 16,777,216 rows or a
 * column of 1 GiB in one, files that are damaged, or compressed as a whole.
 */
export async function parquet(source: Source): Promise<TableFile> {
  const { name: file } = source
  const { leaves, groups } = await open(source)
  /** Nulls of each chunk as the statistics have it, where that was believed. */
  const believed = new Map<ColumnMetaData, number>()

  async function* pages({ leaf, meta, rows }: Chunk): AsyncGenerator<Page> {
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
    const end = start + Number(meta.total_compressed_size)
    if (!(start >= 0 && end <= source.size! && start <= end)) throw damaged(file, `${leaf.name} lies outside of it`)
    const { buffer } = await bytesOf(source, start, end)
    try {
      yield* pagesOf(buffer, meta, leaf.element, rows)
    } catch (error) {
      throw damaged(file, `${leaf.name}: ${(error as Error).message}`, error)
    }
  }

  async function read(group: Chunk[], readers: ColumnReader[]): Promise<Run> {
    const { rows, first } = group[0]!
    const columns: Column[] = []
    for (const reader of readers) {
      const chunk = group.find(({ leaf }) => leaf.name === reader.schema.name)!
      const column = await fill(reader, chunk, pages(chunk), file)
      const told = believed.get(chunk.meta)
      const nulls = column.nulls.reduce((sum, isNull) => sum + isNull, 0)
      if (told !== undefined && told !== nulls) throw damaged(file, `${chunk.leaf.name} has other nulls than it says`)
      columns.push(column)
    }
    return { rows, columns, lines: numbered(first, rows) }
  }

  return {
    name: file,
    async *survey(columns, _memory, readers = () => undefined) {
      const typings = columns.header(
        leaves.map((leaf) => leaf.name),
        file,
      )
      for (const group of groups) {
        for (const [i, chunk] of group.entries()) {
          const known = toldByStatistics(chunk, typings[i]!)
          if (known !== undefined) believed.set(chunk.meta, known.nulls)
          const { classes, nulls } = known ?? (await look(chunk, pages(chunk), typings[i]!, file))
          typings[i]!.note(chunk.rows, classes, nulls)
        }
        const wanted = readers()
        const holds = wanted?.every(({ schema }) =>
          typings.some(({ name, type }) => name === schema.name && type === schema.type),
        )
        yield { rows: group[0]!.rows, read: wanted && holds ? await read(group, wanted) : undefined }
      }
    },
    async *batches(readers) {
      for (const group of groups) yield await read(group, readers)
    },
  }
}

interface Layout {
  leaves: Leaf[]
  groups: Chunk[][]
}

async function open(source: Source): Promise<Layout> {
  const { name: file, size } = source
  if (size === undefined) {
    throw new UserError({
      code: 'FORMAT_NOT_SUPPORTED',
      message: `${file} is Parquet that is compressed as a whole.`,
      where: { file },
      help: 'Unpack it before this step: Parquet is read in parts, and compresses its columns itself.',
    })
  }
  const asyncBuffer = {
    byteLength: size,
    slice: async (start: number, end = size) => (await bytesOf(source, Math.max(0, start), Math.min(end, size))).buffer,
  }
  try {
    return layoutOf(await parquetMetadataAsync(asyncBuffer, { geoparquet: false, parsers }), file)
  } catch (error) {
    throw error instanceof UserError ? error : damaged(file, (error as Error).message, error)
  }
}

/** Where everything is. Throws anything for a file that is damaged. */
function layoutOf({ schema, row_groups }: FileMetaData, file: string): Layout {
  const leaves = leavesOf(schema, file)
  let first = 1
  const groups: Chunk[][] = []
  for (const { columns, num_rows } of row_groups) {
    const rows = Number(num_rows)
    if (!(rows >= 0)) throw damaged(file, 'a row group has no count of rows')
    const parts = new Map(columns.map(({ meta_data: meta }) => [meta?.path_in_schema.join('\0'), meta]))
    const group = leaves.map((leaf) => {
      const meta = parts.get(leaf.name)
      if (meta === undefined || meta.type !== leaf.element.type)
        throw damaged(file, `${leaf.name} is missing in a row group`)
      if (rows > mostRows || meta.total_compressed_size > mostBytes) throw tooLarge(file)
      return { leaf, meta, rows, first }
    })
    first += rows
    if (rows > 0 && group.length > 0) groups.push(group)
  }
  return { leaves, groups }
}

/** Statistics are taken as the numbers that the file holds. */
const parsers = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  dateFromDays: (value: number) => value,
  stringFromBytes: (bytes: Uint8Array) => bytes,
  uuidFromBytes: (bytes: Uint8Array) => bytes,
}

/** The columns; every one has to be a plain value. */
function leavesOf(schema: SchemaElement[], file: string): Leaf[] {
  const leaves: Leaf[] = []
  const nested: string[] = []
  const foreign: string[] = []
  for (let at = 1; at < schema.length; ) {
    const element = schema[at]!
    const kind = kindOf(element)
    if (element.num_children !== undefined || element.repetition_type === 'REPEATED') nested.push(element.name)
    else if (kind === undefined) foreign.push(element.name)
    else leaves.push({ name: element.name, element, kind })
    let open = 1
    for (; open > 0; at++) open += (schema[at]?.num_children ?? 0) - 1
  }
  const refuse = (names: string[], what: string, help: string) =>
    new UserError({
      code: 'TABLE_NESTED',
      message: `${file} has ${what}: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}.`,
      where: { file, key: names[0]! },
      help,
    })
  if (nested.length > 0) {
    throw refuse(nested, 'nested columns', 'Write one value a row: spread lists and structs over columns of their own.')
  }
  if (foreign.length > 0) {
    throw refuse(foreign, 'columns of a type that no table holds', 'Leave them out, or write them as text or numbers.')
  }
  return leaves
}

/** What a chunk holds, where the file says so and it need not be read. */
function toldByStatistics(
  { leaf, meta }: Chunk,
  { given }: ColumnTyping,
): { classes: number; nulls: number } | undefined {
  const { statistics } = meta
  const nulls = Number(statistics?.null_count ?? (leaf.element.repetition_type === 'REQUIRED' ? 0 : Number.NaN))
  if (Number.isNaN(nulls)) return undefined
  const { of, between } = leaf.kind
  const { min_value: low, max_value: high } = statistics ?? {}
  const isRange = between !== undefined && typeof low === 'bigint' && typeof high === 'bigint'
  const classes = typeof of === 'number' ? of : isRange ? between(low, high) : undefined
  if (classes === undefined || (given !== undefined && (classes & ~holds[given]) !== 0)) return undefined
  return { classes, nulls }
}

/** Reads a chunk for what it holds. */
async function look(
  { leaf, first }: Chunk,
  pages: AsyncGenerator<Page>,
  typing: ColumnTyping,
  file: string,
): Promise<{ classes: number; nulls: number }> {
  const { kind } = leaf
  const refused = typing.given === undefined ? 0 : ~holds[typing.given]
  const classOf = typeof kind.of === 'number' ? () => kind.of as number : kind.of
  let classes = 0
  let nulls = 0
  let row = first
  for await (const page of pages) {
    each(page, (raw, i) => {
      const found = raw === undefined ? 0 : classOf(raw)
      if (found === impossible) throw notHeld(file, leaf.name, row + i)
      if (found === 0) nulls++
      else if ((found & refused) !== 0) throw typing.misfit(file, row + i, shown(kind, raw!))
      classes |= found
    })
    row += page.rows
  }
  return { classes, nulls }
}

/** The values of a chunk in the column's type. */
async function fill(
  reader: ColumnReader,
  { leaf, rows, first }: Chunk,
  pages: AsyncGenerator<Page>,
  file: string,
): Promise<Column> {
  const column = reader.none(rows)
  const { dictionary: words } = reader
  const convert = converter(column, words, leaf.kind)
  const target = (column.type === 'text' ? column.codes : column.values) as Float64Array
  /** What the words of the chunk's dictionary are, as far as a row has had them. */
  let known: (number | undefined)[] = []
  let dictionary: Page['values'] | undefined
  let start = 0
  for await (const { rows, nulls, values, codes } of pages) {
    if (codes !== undefined && values !== dictionary) known = []
    if (codes !== undefined) dictionary = values
    for (let row = 0, next = 0; row < rows; row++) {
      if (nulls?.[row] === 1) continue
      let value: number | undefined
      if (codes === undefined) value = convert(values[next] as Raw)
      else value = known[codes[next]!] ??= convert(values[codes[next]!] as Raw)
      next++
      if (value === undefined) throw notHeld(file, leaf.name, first + start + row)
      if (Number.isNaN(value)) continue
      target[start + row] = value
      column.nulls[start + row] = 0
    }
    start += rows
  }
  // Its words are decoded once they are all there.
  return column.type === 'text' ? { ...column, dictionary: words.words } : column
}

/**
 * Makes a value what its column holds: a code, a number or, cast, a whole number of 64 bits. NaN is a null, undefined a value
 * that cannot be held.
 */
function converter(column: Column, dictionary: Dictionary, kind: Kind): (raw: Raw) => number | undefined {
  if (column.type === 'text') {
    if (!kind.isBytes) {
      const isNull = typeof kind.of === 'function' ? kind.of : () => 1
      return (raw) => (isNull(raw) === 0 ? Number.NaN : dictionary.codeOf(kind.text(raw)))
    }
    return (raw) => {
      const known = dictionary.size
      const bytes = raw as Uint8Array
      const code = dictionary.code(bytes, 0, bytes.length)
      return code < known || isUtf8(bytes) ? code : undefined
    }
  }
  if (column.type === 'integer64') {
    return (raw) => {
      const value = kind.integer(raw)
      return BigInt.asIntN(64, value) === value ? (value as unknown as number) : undefined
    }
  }
  const most =
    column.type === 'integer' ? Number.MAX_SAFE_INTEGER : column.type === 'timestamp' ? lastTime : Number.MAX_VALUE
  return (raw) => {
    const value = kind.number(raw)
    return Math.abs(value) > most ? undefined : value
  }
}

/** Goes over the rows of a page; undefined is a null. */
function each({ rows, nulls, values, codes }: Page, see: (raw: Raw | undefined, row: number) => void): void {
  for (let row = 0, next = 0; row < rows; row++) {
    if (nulls?.[row] === 1) see(undefined, row)
    else see((codes === undefined ? values[next] : values[codes[next]!]) as Raw, row)
    if (nulls?.[row] !== 1) next++
  }
}

function shown(kind: Kind, raw: Raw): string {
  return kind.isBytes ? Buffer.from(raw as Uint8Array).toString() : kind.text(raw)
}

function notHeld(file: string, column: string, row: number): UserError {
  return new UserError({
    code: 'TABLE_VALUE',
    message: `Row ${row} of ${file} has a value in the column ${column} that is an infinite number, a time out of range, or bytes that are no UTF-8 text.`,
    where: { file, line: row, key: column },
    help: 'Write null where there is no value, and leave columns of bytes out.',
  })
}

function tooLarge(file: string): UserError {
  return new UserError({
    code: 'TABLE_ROW_GROUP',
    message: `${file} has a row group of more than 16,777,216 rows, or of more than 1 GiB in one column.`,
    where: { file },
    help: 'Write smaller row groups: pandas and pyarrow take row_group_size, DuckDB ROW_GROUP_SIZE.',
  })
}

function damaged(file: string, why: string, cause?: unknown): UserError {
  return new UserError({
    code: 'TABLE_PARQUET',
    message: `${file} cannot be read as Parquet (${why}).`,
    where: { file },
    help: 'Write it again, and let the step that writes it end before this one starts.',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** A number and those that follow it. */
function numbered(first: number, count: number): Uint32Array {
  const numbers = new Uint32Array(count)
  for (let i = 0; i < count; i++) numbers[i] = first + i
  return numbers
}
