import { UserError } from '@mlops-actions/verdict'
import type { Format, ReadOptions } from './column.ts'

const delimiters: Record<Format, string> = { csv: ',', tsv: '\t' }
const endings: Record<string, Format> = { csv: 'csv', tsv: 'tsv', tab: 'tsv' }

/** The byte between the cells of a file: as the caller says, else by the file's name. UserError for formats not read. */
export function delimiterOf(name: string, options: ReadOptions): number {
  const delimiter = options.delimiter ?? delimiters[options.format ?? formatOf(name)]
  const byte = delimiter.charCodeAt(0)
  if (delimiter.length === 1 && byte < 128 && !['"', '\n', '\r'].includes(delimiter)) return byte
  throw new UserError({
    code: 'TABLE_DELIMITER',
    message: `${JSON.stringify(delimiter)} cannot be a delimiter.`,
    help: 'Use one ASCII character that is neither a quote nor a line break.',
  })
}

function formatOf(name: string): Format {
  const ending = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const format = Object.hasOwn(endings, ending) ? endings[ending] : undefined
  if (format === undefined) throw notSupported(name, ending === '' ? 'has no ending' : `ends in .${ending}`)
  return format
}

const marks: [what: string, bytes: number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['Zstandard', [0x28, 0xb5, 0x2f, 0xfd]],
  ['Parquet', [0x50, 0x41, 0x52, 0x31]],
  ['a zip archive or an Excel workbook', [0x50, 0x4b, 0x03, 0x04]],
  ['UTF-16 text', [0xff, 0xfe]],
  ['UTF-16 text', [0xfe, 0xff]],
]

/** Throws a UserError where the first bytes are those of another format, whatever the file's name says. */
export function refuseContent(bytes: Uint8Array, name: string): void {
  for (const [what, mark] of marks) {
    if (mark.every((byte, i) => bytes[i] === byte)) throw notSupported(name, `holds ${what}`)
  }
}

function notSupported(name: string, why: string): UserError {
  return new UserError({
    code: 'FORMAT_NOT_SUPPORTED',
    message: `${name} ${why}; read are CSV (.csv) and TSV (.tsv, .tab), in UTF-8 and not compressed.`,
    where: { file: name },
    help: 'Convert it, for example in Python: pandas.read_parquet(path).to_csv("data.csv", index=False).',
  })
}
