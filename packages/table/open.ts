import type { Block } from './block.ts'
import type { Column, ReadOptions, Source } from './column.ts'
import { delimited } from './delimited.ts'
import type { ColumnReader } from './fill.ts'
import { changed, delimiterOf, formatOf } from './format.ts'
import { jsonLines } from './json-lines.ts'
import type { Memory } from './memory.ts'
import { NullWords } from './null-words.ts'
import type { Run, TableFile } from './table-file.ts'
import type { ColumnTyping } from './types.ts'

/** Finds out a file's format. UserError where it is none that is read. */
export async function openFile(source: Source, options: ReadOptions): Promise<TableFile> {
  const format = await formatOf(source, options)
  if (format === 'parquet') {
    const { parquet } = await import('./parquet.ts')
    return parquet(source)
  }
  const { timestamps = true } = options
  if (format === 'jsonl') return textFile(source, (memory) => jsonLines(source, timestamps, memory), 'keys')
  const writing = {
    delimiter: { byte: delimiterOf(format, options), chosen: options.delimiter !== undefined },
    encoding: options.encoding ?? 'utf-8',
    timestamps,
    nullWords: options.nullWords === undefined ? undefined : new NullWords(options.nullWords),
  }
  return textFile(source, (memory) => delimited(source, writing, memory), 'header')
}

/** A file whose rows are cells, and whose columns are named by a header or by keys. */
function textFile(
  { name }: Source,
  blocks: (memory: Memory) => AsyncGenerator<Block>,
  named: 'header' | 'keys',
): TableFile {
  return {
    name,
    async *survey(columns, memory, readers = () => undefined) {
      let names: string[] | undefined
      let typings: ColumnTyping[] = []
      const byName = new Map(readers()?.map((reader) => [reader.schema.name, reader]))
      for await (const block of blocks(memory)) {
        if (block.names !== names) {
          names = block.names
          typings = named === 'header' ? columns.header(names, name) : columns.keys(names, name, block.cells.lines[0]!)
        }
        const wanted = readers()
        const found = new Map<ColumnReader, Column | undefined>()
        for (const [index, typing] of typings.entries()) {
          const taken = typing.see(block, index, name)
          const reader = wanted && byName.get(typing.name)
          // What the look took still stands.
          if (reader !== undefined) found.set(reader, reader.read(block, index, taken))
        }
        const read = wanted?.map((reader) => (found.has(reader) ? found.get(reader) : reader.none(block.rows)))
        yield { rows: block.rows, read: read && runOf(block, read) }
      }
    },
    async *batches(readers, known, memory) {
      let names: string[] | undefined
      let places: number[] = []
      for await (const block of blocks(memory)) {
        if (block.names !== names) {
          names = block.names
          if (!names.every((column) => known.has(column))) throw changed(name)
          if (named === 'header' && names.length !== known.size) throw changed(name)
          places = placesOf(readers, names)
        }
        if (block.rows === 0) continue
        const run = runOf(
          block,
          readers.map((reader, i) => reader.read(block, places[i]!)),
        )
        if (run === undefined) throw changed(name)
        yield run
      }
    },
  }
}

/** Where the columns of readers stand among those of a file, -1 for one that it lacks. */
function placesOf(readers: ColumnReader[], names: string[]): number[] {
  const places = new Map(names.map((column, i) => [column, i]))
  return readers.map(({ schema }) => places.get(schema.name) ?? -1)
}

/** Undefined where a column could not be read. */
function runOf({ rows, cells }: Block, columns: (Column | undefined)[]): Run | undefined {
  const isWhole = columns.every((column) => column !== undefined)
  return isWhole ? { rows, columns, lines: cells.lines.slice(0, rows) } : undefined
}
