import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { ColumnMetaData, Compressors, DecodedArray, Encoding, PageHeader, SchemaElement } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from 'hyparquet/src/delta.js'
import { byteStreamSplit } from 'hyparquet/src/encoding.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { compressors } from 'hyparquet-compressors'

/** Larger pages are no data: writers make them of about a megabyte. */
const longestPage = 1 << 28

/** A run of rows of one column, as the file holds them: its type is not looked at. */
export interface Page {
  rows: number
  /** 1 where a row is null; undefined where none is. */
  nulls: Uint8Array | undefined
  /** The values of the rows that are not null, or with `codes` the values that the codes stand for. */
  values: DecodedArray
  codes: Int32Array | undefined
}

const decompressors: Compressors = {
  ...compressors,
  // Node's own are faster, and stop at the length that the page's header tells.
  GZIP: (bytes, length) => gunzipSync(bytes, { maxOutputLength: length }),
  BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: length }),
  ZSTD: (bytes, length) => zstdDecompressSync(bytes, { maxOutputLength: length }),
}

/**
 * The pages of a column that is not nested, in one row group. hyparquet reads their headers and values; levels and codes are
 * read here, so that a page's counts are bounded by the row group's before anything is made of them.
 * @param chunk the column's bytes in the row group
 * @throws Error where the bytes are not what the headers say
 */
export function* pagesOf(
  chunk: ArrayBuffer,
  { codec }: ColumnMetaData,
  element: SchemaElement,
  rows: number,
): Generator<Page> {
  const reader = { view: new DataView(chunk), offset: 0 }
  const isOptional = element.repetition_type !== 'REQUIRED'
  let dictionary: DecodedArray | undefined
  for (let row = 0; row < rows; ) {
    const header = parquetHeader(reader)
    const { type, compressed_page_size: size, uncompressed_page_size: fullSize } = header
    if (!(size >= 0 && size <= chunk.byteLength - reader.offset)) throw new Error('a page goes on past its column')
    if (!(fullSize >= 0 && fullSize <= longestPage)) throw new Error('a page is longer than 256 MiB')
    const bytes = new Uint8Array(chunk, reader.offset, size)
    reader.offset += size
    if (type === 'DICTIONARY_PAGE') {
      const count = header.dictionary_page_header?.num_values ?? -1
      const page = decompress(codec, bytes, fullSize)
      if (!(count >= 0 && count <= Math.max(rows, page.length)))
        throw new Error('a dictionary has more words than bytes')
      dictionary = readPlain(readerOf(page), element.type!, count, element.type_length)
    } else if (type === 'DATA_PAGE' || type === 'DATA_PAGE_V2') {
      const page = dataPage(header, codec, bytes, element, isOptional, rows - row, dictionary)
      row += page.rows
      yield page
    }
  }
}

function dataPage(
  header: PageHeader,
  codec: string,
  bytes: Uint8Array,
  element: SchemaElement,
  isOptional: boolean,
  mostRows: number,
  dictionary: DecodedArray | undefined,
): Page {
  const about = header.data_page_header ?? header.data_page_header_v2
  const rows = about?.num_values ?? 0
  if (about === undefined || !(rows > 0 && rows <= mostRows)) throw new Error('a page has more rows than its row group')
  const v2 = header.data_page_header_v2
  let body: Uint8Array
  let levels: Int32Array | undefined
  if (v2 === undefined) {
    body = decompress(codec, bytes, header.uncompressed_page_size)
    if (isOptional) {
      const length = new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(0, true)
      levels = hybrid(body.subarray(4, 4 + length), 1, rows)
      body = body.subarray(4 + length)
    }
  } else {
    const repetition = v2.repetition_levels_byte_length
    const definition = v2.definition_levels_byte_length
    if (isOptional) levels = hybrid(bytes.subarray(repetition, repetition + definition), 1, rows)
    const packed = bytes.subarray(repetition + definition)
    body = v2.is_compressed
      ? decompress(codec, packed, header.uncompressed_page_size - repetition - definition)
      : packed
  }
  const nulls = levels === undefined ? undefined : nullsOf(levels)
  const count = rows - (nulls === undefined ? 0 : nulls.reduce((sum, isNull) => sum + isNull, 0))
  const isCoded = about.encoding === 'RLE_DICTIONARY' || about.encoding === 'PLAIN_DICTIONARY'
  if (!isCoded) return { rows, nulls, values: valuesOf(body, about.encoding, element, count), codes: undefined }
  if (dictionary === undefined && count > 0) throw new Error('a dictionary is missing')
  return { rows, nulls, values: dictionary ?? [], codes: codesOf(body, count, dictionary?.length ?? 0) }
}

function decompress(codec: string, bytes: Uint8Array, length: number): Uint8Array {
  if (codec === 'UNCOMPRESSED' || length === 0) return bytes
  const work = decompressors[codec as keyof Compressors]
  if (work === undefined) throw new Error(`its compression ${codec} is not read`)
  const page = work(bytes, length)
  if (page.length !== length) throw new Error('a page has another length than its header says')
  return page
}

function valuesOf(body: Uint8Array, encoding: Encoding, element: SchemaElement, count: number): DecodedArray {
  const reader = readerOf(body)
  const type = element.type!
  const isBytes = type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY'
  if (count === 0) return []
  if (encoding === 'PLAIN') return readPlain(reader, type, count, element.type_length)
  if (encoding === 'RLE' && type === 'BOOLEAN')
    return Array.from(hybrid(body.subarray(4), 1, count), (bit) => bit === 1)
  if (encoding === 'BYTE_STREAM_SPLIT') return byteStreamSplit(reader, count, type, element.type_length)
  if (encoding === 'DELTA_BINARY_PACKED' && (type === 'INT32' || type === 'INT64')) {
    const values = type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count)
    deltaBinaryUnpack(reader, count, values)
    return values
  }
  if (isBytes && (encoding === 'DELTA_LENGTH_BYTE_ARRAY' || encoding === 'DELTA_BYTE_ARRAY')) {
    const values = new Array<Uint8Array>(count)
    if (encoding === 'DELTA_BYTE_ARRAY') deltaByteArray(reader, count, values)
    else deltaLengthByteArray(reader, count, values)
    return values
  }
  throw new Error(`its encoding ${encoding} of ${type} is not read`)
}

function codesOf(body: Uint8Array, count: number, words: number): Int32Array {
  if (count === 0) return new Int32Array(0)
  const codes = hybrid(body.subarray(1), body[0]!, count)
  for (let i = 0; i < count; i++) if (codes[i]! >= words) throw new Error('a code stands for no word of its dictionary')
  return codes
}

function nullsOf(levels: Int32Array): Uint8Array | undefined {
  const nulls = new Uint8Array(levels.length)
  let some = 0
  for (let i = 0; i < levels.length; i++) {
    nulls[i] = 1 - levels[i]!
    some |= nulls[i]!
  }
  return some === 0 ? undefined : nulls
}

/** Numbers of `width` bits as runs of one number, or packed: https://parquet.apache.org/docs/file-format/data-pages/encodings/ */
function hybrid(bytes: Uint8Array, width: number, count: number): Int32Array {
  if (width > 24) throw new Error('a dictionary has more than 16 million words')
  const numbers = new Int32Array(count)
  let p = 0
  for (let n = 0; n < count; ) {
    let header = 0
    for (let shift = 0; ; shift += 7) {
      if (p >= bytes.length || shift > 28) throw new Error('a page ends before its rows')
      const byte = bytes[p++]!
      header |= (byte & 127) << shift
      if (byte < 128) break
    }
    if ((header & 1) === 0) {
      let number = 0
      for (let shift = 0; shift < width; shift += 8) number |= (bytes[p++] ?? 0) << shift
      const end = Math.min(count, n + (header >>> 1))
      numbers.fill(number, n, end)
      n = end
    } else {
      const end = Math.min(count, n + (header >>> 1) * 8)
      const next = p + (header >>> 1) * width
      const mask = (1 << width) - 1
      let held = 0
      for (let bits = 0; n < end; n++) {
        for (; bits < width; bits += 8) held |= (bytes[p++] ?? 0) << bits
        numbers[n] = held & mask
        held >>>= width
        bits -= width
      }
      p = next
    }
  }
  return numbers
}

function readerOf(bytes: Uint8Array): { view: DataView; offset: number } {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
}
