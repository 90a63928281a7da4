import type { Block } from './block.ts'
import type { ReadOptions, Source } from './column.ts'
import { delimited } from './delimited.ts'
import { changed, delimiterOf, formatOf } from './format.ts'
import { jsonLines } from './json-lines.ts'
import { NullWords } from './null-words.ts'
import type { TableFile } from './table-file.ts'
import type { ColumnTyping } from './types.ts'

/** Finds out a file's format. UserError where it is none that is read. */
export async function openFile(source: Source, options: ReadOptions): Promise<TableFile> {
  const format = await formatOf(source, options)
  if (format === 'parquet') {
    const { parquet } = await import('./parquet.ts')
    return parquet(source)
  }
  const { timestamps = true } = options
  if (format === 'jsonl') return textFile(source, () => jsonLines(source, timestamps), 'keys')
  const writing = {
    delimiter: { byte: delimiterOf(format, options), chosen: options.delimiter !== undefined },
    encoding: options.encoding ?? 'utf-8',
    timestamps,
    nullWords: options.nullWords === undefined ? undefined : new NullWords(options.nullWords),
  }
  return textFile(source, () => delimited(source, writing), 'header')
}

/** A file whose rows are cells, and whose columns are named by a header or by keys. */
function textFile({ name }: Source, blocks: () => AsyncGenerator<Block>, named: 'header' | 'keys'): TableFile {
  return {
    name,
    async survey(columns) {
      let rows = 0
      let names: string[] | undefined
      let typings: ColumnTyping[] = []
      for await (const block of blocks()) {
        if (block.names !== names) {
          names = block.names
          typings = named === 'header' ? columns.header(names, name) : columns.keys(names, name, block.cells.lines[0]!)
        }
        typings.forEach((column, index) => {
          column.see(block, index, name)
        })
        rows += block.rows
      }
      return rows
    },
    async *batches(readers, known) {
      let names: string[] | undefined
      let places: number[] = []
      for await (const block of blocks()) {
        if (block.names !== names) {
          names = block.names
          if (!names.every((column) => known.has(column))) throw changed(name)
          if (named === 'header' && names.length !== known.size) throw changed(name)
          const place = new Map(names.map((column, i) => [column, i]))
          places = readers.map((reader) => place.get(reader.schema.name) ?? -1)
        }
        if (block.rows === 0) continue
        const columns = readers.map((reader, i) => reader.read(block, places[i]!))
        if (!columns.every((column) => column !== undefined)) throw changed(name)
        yield { rows: block.rows, columns, lines: block.cells.lines.slice(0, block.rows) }
      }
    },
  }
}
