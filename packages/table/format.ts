import { UserError } from '@mlops-actions/verdict'
import type { Format, ReadOptions, Source } from './column.ts'

const endings: Record<string, Format> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
  pq: 'parquet',
}
const parquetMark = Buffer.from('PAR1')

/** The format of a file: as the caller says, else by its first and last bytes or its name. UserError where none fits. */
export async function formatOf(source: Source, options: ReadOptions): Promise<Format> {
  if (options.format !== undefined) return options.format
  if (await isParquet(source)) return 'parquet'
  const ending = /\.([^./\\]+)$/.exec(source.name.replace(/\.(gz|zst)$/i, ''))?.[1]?.toLowerCase() ?? ''
  const format = Object.hasOwn(endings, ending) ? endings[ending] : undefined
  if (format !== undefined) return format
  throw notSupported(
    source.name,
    ending === '' ? 'has no ending' : `ends in .${ending}`,
    'Name the file by its format, or give the format (data-validate: the input "format").',
  )
}

/** The byte between the cells of CSV or TSV. UserError where it cannot be one. */
export function delimiterOf(format: 'csv' | 'tsv', { delimiter = ',' }: ReadOptions): number {
  if (format === 'tsv') return 9
  const byte = delimiter.charCodeAt(0)
  if (delimiter.length === 1 && byte > 0 && byte < 128 && !/["\n\r\d.+-]/.test(delimiter)) return byte
  throw new UserError({
    code: 'TABLE_DELIMITER',
    message: `${JSON.stringify(delimiter)} cannot be a delimiter.`,
    help: 'Use one ASCII character that is no quote, no line break and no part of a number.',
  })
}

/** Parquet begins and ends with its mark, before the second the length of its footer; text may do so by chance. */
async function isParquet(source: Source): Promise<boolean> {
  const { size } = source
  if (size === undefined || size < 12) return false
  if (!parquetMark.equals(await bytesOf(source, 0, 4))) return false
  const end = await bytesOf(source, size - 8, size)
  return parquetMark.equals(end.subarray(4)) && end.readUInt32LE(0) <= size - 12
}

/** A part of a file. UserError where the file is shorter. */
export async function bytesOf(source: Source, start: number, end: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.alloc(end - start)
  let filled = 0
  for await (const chunk of source.open(start, end)) {
    bytes.set(chunk.subarray(0, bytes.length - filled), filled)
    filled += chunk.length
  }
  if (filled === bytes.length) return bytes
  throw changed(source.name)
}

const marks: [what: string, bytes: number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['Zstandard', [0x28, 0xb5, 0x2f, 0xfd]],
  ['Parquet', [0x50, 0x41, 0x52, 0x31, 0x15]],
  ['a zip archive or an Excel workbook', [0x50, 0x4b, 0x03, 0x04]],
  ['UTF-16 text', [0xff, 0xfe]],
  ['UTF-16 text', [0xfe, 0xff]],
]

/** Throws a UserError where the first bytes of a text are those of another format, whatever the file's name says. */
export function refuseContent(bytes: Uint8Array, name: string): void {
  for (const [what, mark] of marks) {
    if (!mark.every((byte, i) => bytes[i] === byte)) continue
    throw notSupported(name, `holds ${what}`, 'Convert it, or name the file by what it holds.')
  }
}

function notSupported(name: string, why: string, help: string): UserError {
  return new UserError({
    code: 'FORMAT_NOT_SUPPORTED',
    message: `${name} ${why}; read are CSV (.csv), TSV (.tsv, .tab), JSON Lines (.jsonl, .ndjson), each also as .gz or .zst, and Parquet (.parquet).`,
    where: { file: name },
    help,
  })
}

export function changed(file: string): UserError {
  return new UserError({
    code: 'TABLE_CHANGED',
    message: `${file} changed while it was read.`,
    where: { file },
    help: 'Let the step that writes it end before this one starts.',
  })
}
