// The hot path of everything that reads data: bytes into cells, and the cells of a column into values. AssemblyScript, which
// is made into ../scanner-wasm.ts by `npm run assembly`; ../scanner.ts is its only user and says what each part means.
//
// The loops over a column take what is written in the plainest way and leave every other row to their caller, in `rest`.

const LINE_FEED: u8 = 10
const CARRIAGE_RETURN: u8 = 13
const QUOTE: u8 = 34
const MINUS: u8 = 45
const POINT: u8 = 46
const ZERO: u8 = 48

// How a cell was written: as in ../writing.ts.
const PLAIN: u8 = 0
const QUOTED: u8 = 1
const ESCAPED: u8 = 2
const ESCAPED_STRING: u8 = 4

// What a cell could be: as in ../cell.ts.
const INTEGER: i32 = 1
const DECIMAL: i32 = 8
const LOWER_BOOLEAN: i32 = 16
const TITLE_BOOLEAN: i32 = 32
const UPPER_BOOLEAN: i32 = 64
const TIMESTAMP: i32 = 128

// Why a cut ended, where it is no count of rows.
const OPEN_QUOTE: i32 = -1
const AFTER_QUOTE: i32 = -2
const RAGGED: i32 = -3

const POWERS: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
])
/** Days before each month of a year that is no leap year. */
const DAYS_BEFORE: usize = memory.data<i32>([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])
const DAYS_IN: usize = memory.data<u8>([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

let width: i32 = 0
let starts: usize = 0
let ends: usize = 0
let writing: usize = 0
let lines: usize = 0
let values: usize = 0
let nulls: usize = 0
let codes: usize = 0
let rest: usize = 0
let bytes: usize = 0

/** Where the next cut begins, and its line. */
export let from: i32 = 0
export let line: i32 = 1
/** Cells of the row that was cut last. */
export let cells: i32 = 0
/** The line of what ended a cut. */
export let faultLine: i32 = 0
/** The classes of the cells that a loop over a column took, and how many were empty. */
export let classes: i32 = 0
export let empty: i32 = 0

/** From here on memory is free. */
export function freeFrom(): usize {
  return __heap_base
}

/** Says where everything stands from now on. */
export function place(
  columns: i32,
  ofStarts: usize,
  ofEnds: usize,
  ofWriting: usize,
  ofLines: usize,
  ofValues: usize,
  ofNulls: usize,
  ofCodes: usize,
  ofRest: usize,
  ofBytes: usize,
): void {
  width = columns
  starts = ofStarts
  ends = ofEnds
  writing = ofWriting
  lines = ofLines
  values = ofValues
  nulls = ofNulls
  codes = ofCodes
  rest = ofRest
  bytes = ofBytes
}

/** Cuts at most `capacity` whole rows, from `start` to `end`, and says how many; less than 0 is a fault. */
export function cut(start: i32, end: i32, startLine: i32, capacity: i32, delimiter: u8, last: bool): i32 {
  const delimiters = i8x16.splat(<i8>delimiter)
  const lineFeeds = i8x16.splat(<i8>LINE_FEED)
  const returns = i8x16.splat(<i8>CARRIAGE_RETURN)
  const to = bytes + end
  let p = bytes + start
  let lineNow = startLine
  let rows = 0
  let k: i32 = 0
  from = start
  line = startLine

  while (rows < capacity && p < to) {
    const rowLine = lineNow
    let cell = 0
    let byte = load<u8>(p)
    if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) {
      for (;;) {
        let cellStart = p
        let cellEnd: usize
        let written: u8 = PLAIN
        if (p < to && load<u8>(p) === QUOTE) {
          const opened = lineNow
          cellStart = ++p
          written = QUOTED
          for (;;) {
            for (; p < to; p++) {
              byte = load<u8>(p)
              if (byte === QUOTE) break
              if (byte === LINE_FEED || (byte === CARRIAGE_RETURN && (p + 1 >= to || load<u8>(p + 1) !== LINE_FEED)))
                lineNow++
            }
            if (p >= to) {
              if (!last) return rows
              faultLine = opened
              return OPEN_QUOTE
            }
            if (p + 1 >= to && !last) return rows
            if (p + 1 >= to || load<u8>(p + 1) !== QUOTE) break
            written = ESCAPED
            p += 2
          }
          cellEnd = p++
        } else {
          for (;;) {
            const sixteen = v128.load(p)
            const found = i8x16.bitmask(
              v128.or(i8x16.eq(sixteen, delimiters), v128.or(i8x16.eq(sixteen, lineFeeds), i8x16.eq(sixteen, returns))),
            )
            if (found !== 0) {
              p += ctz(found)
              break
            }
            p += 16
            if (p >= to) break
          }
          if (p > to) p = to
          cellEnd = p
        }
        if (cell < width) {
          store<i32>(starts + ((<usize>k) << 2), <i32>(cellStart - bytes))
          store<i32>(ends + ((<usize>k) << 2), <i32>(cellEnd - bytes))
          store<u8>(writing + <usize>k, written)
          k++
        }
        cell++
        if (p >= to) {
          if (!last) return rows
          break
        }
        byte = load<u8>(p)
        if (byte === delimiter) p++
        else if (byte === LINE_FEED || byte === CARRIAGE_RETURN) break
        else {
          faultLine = lineNow
          return AFTER_QUOTE
        }
      }
    }
    if (p < to) {
      if (byte === CARRIAGE_RETURN && p + 1 >= to && !last) return rows
      p += byte === CARRIAGE_RETURN && p + 1 < to && load<u8>(p + 1) === LINE_FEED ? 2 : 1
      lineNow++
    }
    if (cell > 0) {
      if (cell !== width && width > 0) {
        faultLine = rowLine
        cells = cell
        return RAGGED
      }
      if (width > 0) store<i32>(lines + ((<usize>rows) << 2), rowLine)
      cells = cell
      rows++
    }
    if (width > 0 || cell === 0) {
      from = <i32>(p - bytes)
      line = lineNow
    }
  }
  return rows
}

/** Begins a loop over a column. */
function begin(): void {
  classes = 0
  empty = 0
}

let eightValue: f64 = 0
let eightKind: i32 = 0

/**
 * Reads a number of at most eight bytes, without a sign, in one go; says whether it is one. All its digits stand in one word, from
 * which the point is taken out; they are added up in pairs, fours and eights (Lemire, "Number parsing at a gigabyte per second",
 * 2021, after Muła).
 */
function eight(p: usize, length: i32): bool {
  const word = load<u64>(p)
  const own: u64 = length === 8 ? <u64>-1 : ((<u64>1) << (length << 3)) - 1
  const points = word ^ 0x2e2e2e2e2e2e2e2e
  const point = (points - 0x0101010101010101) & ~points & 0x8080808080808080 & own
  let digits = length
  let whole = length
  let packed = word
  if (point !== 0) {
    whole = <i32>(ctz(point) >> 3)
    const before = ((<u64>1) << (whole << 3)) - 1
    packed = (word & before) | ((word >> 8) & ~before)
    digits--
  }
  if (whole === 0 || (whole > 1 && <u8>word === ZERO)) return false
  // What is not there is a leading zero.
  if (digits < 8) packed = (packed << ((8 - digits) << 3)) | (<u64>0x3030303030303030 >> (digits << 3))
  const areDigits =
    (packed & 0xf0f0f0f0f0f0f0f0) === 0x3030303030303030 &&
    ((packed + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) === 0x3030303030303030
  if (!areDigits) return false
  packed -= 0x3030303030303030
  packed = packed * 10 + (packed >> 8)
  packed = ((packed & 0xff000000ff) * 0xf424000000064 + ((packed >> 16) & 0xff000000ff) * 0x271000000001) >> 32
  const value = <f64>(<u32>packed)
  eightValue = point === 0 ? value : value / load<f64>(POWERS + ((<usize>(digits - whole)) << 3))
  eightKind = point === 0 ? INTEGER : DECIMAL
  return true
}

/** Reads the cells of a column that are numbers of at most 15 digits; gives how many rows are left in `rest`. */
export function numbers(column: i32, rows: i32): i32 {
  begin()
  let left = 0
  let seen = 0
  let blank = 0
  for (let row = 0, k: usize = column; row < rows; row++, k += width) {
    const start = load<i32>(starts + (k << 2))
    const end = load<i32>(ends + (k << 2))
    store<u8>(nulls + row, 0)
    if (start === end && load<u8>(writing + k) === PLAIN) {
      store<u8>(nulls + row, 1)
      store<f64>(values + ((<usize>row) << 3), 0)
      blank++
      continue
    }
    let p = bytes + start
    const stop = bytes + end
    const negative = load<u8>(p) === MINUS
    if (negative) p++
    if (stop - p <= 8 && load<u8>(writing + k) <= QUOTED && eight(p, <i32>(stop - p))) {
      store<f64>(values + ((<usize>row) << 3), negative ? 0 - eightValue : eightValue)
      seen |= eightKind
      continue
    }
    const first = p
    let mantissa: i64 = 0
    for (; p < stop; p++) {
      const digit: u8 = load<u8>(p) - ZERO
      if (digit > 9) break
      mantissa = mantissa * 10 + digit
    }
    let digits = p - first
    let places: usize = 0
    let kind = INTEGER
    const fits = digits === 1 || (digits > 1 && load<u8>(first) !== ZERO)
    if (fits && p < stop && load<u8>(p) === POINT) {
      const after = ++p
      for (; p < stop; p++) {
        const digit: u8 = load<u8>(p) - ZERO
        if (digit > 9) break
        mantissa = mantissa * 10 + digit
      }
      places = p - after
      digits += places
      kind = DECIMAL
    }
    if (!fits || p !== stop || digits > 15 || load<u8>(writing + k) > QUOTED) {
      store<i32>(rest + ((<usize>left) << 2), row)
      left++
      continue
    }
    let value = <f64>mantissa
    if (places > 0) value /= load<f64>(POWERS + (places << 3))
    store<f64>(values + ((<usize>row) << 3), negative ? 0 - value : value)
    seen |= kind
  }
  classes = seen
  empty = blank
  return left
}

/** Reads the cells of a column that are dates, alone or with `T05:00:59` and perhaps Z; gives how many rows are left in `rest`. */
export function timestamps(column: i32, rows: i32): i32 {
  begin()
  let left = 0
  let seen = 0
  let blank = 0
  for (let row = 0, k: usize = column; row < rows; row++, k += width) {
    const start = load<i32>(starts + (k << 2))
    const end = load<i32>(ends + (k << 2))
    store<u8>(nulls + row, 0)
    if (start === end && load<u8>(writing + k) === PLAIN) {
      store<u8>(nulls + row, 1)
      store<f64>(values + ((<usize>row) << 3), 0)
      blank++
      continue
    }
    const p = bytes + start
    const length = end - start
    let value = -1
    let seconds = 0
    if (length === 10) value = days(p)
    else if (length === 19 || (length === 20 && load<u8>(p + 19) === 90)) {
      const between = load<u8>(p + 10)
      if ((between === 84 || between === 32) && load<u8>(p + 13) === 58 && load<u8>(p + 16) === 58) {
        const hour = two(p + 11)
        const minute = two(p + 14)
        const second = two(p + 17)
        if (<u32>hour <= 23 && <u32>minute <= 59 && <u32>second <= 59) {
          seconds = (hour * 60 + minute) * 60 + second
          value = days(p)
        }
      }
    }
    if (value < 0 || load<u8>(writing + k) === ESCAPED || load<u8>(writing + k) > 3) {
      store<i32>(rest + ((<usize>left) << 2), row)
      left++
      continue
    }
    store<f64>(values + ((<usize>row) << 3), (<f64>value - 719162) * 86400000 + <f64>seconds * 1000)
    seen = TIMESTAMP
  }
  classes = seen
  empty = blank
  return left
}

/** Two digits, or less than 0. */
function two(p: usize): i32 {
  const tens: u8 = load<u8>(p) - ZERO
  const ones: u8 = load<u8>(p + 1) - ZERO
  return tens <= 9 && ones <= 9 ? <i32>tens * 10 + <i32>ones : i32.MIN_VALUE
}

/** Days since 0001-01-01 of `2024-01-31`, less than 0 where it is no date. */
function days(p: usize): i32 {
  if (load<u8>(p + 4) !== MINUS || load<u8>(p + 7) !== MINUS) return -1
  const century = two(p)
  const ofCentury = two(p + 2)
  const month = two(p + 5)
  const day = two(p + 8)
  if (century < 0 || ofCentury < 0 || month < 1 || month > 12 || day < 1) return -1
  const year = century * 100 + ofCentury
  if (year < 1) return -1
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  if (day > <i32>load<u8>(DAYS_IN + month - 1) + (leap && month === 2 ? 1 : 0)) return -1
  const before = year - 1
  const whole = before * 365 + before / 4 - before / 100 + before / 400
  return whole + load<i32>(DAYS_BEFORE + ((<usize>(month - 1)) << 2)) + (leap && month > 2 ? 1 : 0) + day - 1
}

/** Reads the cells of a column that are true and false in one of three cases; gives how many rows are left in `rest`. */
export function booleans(column: i32, rows: i32): i32 {
  begin()
  let left = 0
  let seen = 0
  let blank = 0
  for (let row = 0, k: usize = column; row < rows; row++, k += width) {
    const start = load<i32>(starts + (k << 2))
    const end = load<i32>(ends + (k << 2))
    store<u8>(nulls + row, 0)
    if (start === end && load<u8>(writing + k) === PLAIN) {
      store<u8>(nulls + row, 1)
      store<f64>(values + ((<usize>row) << 3), 0)
      blank++
      continue
    }
    const p = bytes + start
    const length = end - start
    let kind = 0
    let value: f64 = 0
    if (length === 4) {
      const word = load<u32>(p)
      value = 1
      // "true", "True" and "TRUE", the first letter in the lowest byte.
      if (word === 0x65757274) kind = LOWER_BOOLEAN
      else if (word === 0x65757254) kind = TITLE_BOOLEAN
      else if (word === 0x45555254) kind = UPPER_BOOLEAN
    } else if (length === 5) {
      const word = load<u32>(p)
      const e = load<u8>(p + 4)
      if (word === 0x736c6166 && e === 101) kind = LOWER_BOOLEAN
      else if (word === 0x736c6146 && e === 101) kind = TITLE_BOOLEAN
      else if (word === 0x534c4146 && e === 69) kind = UPPER_BOOLEAN
    }
    if (kind === 0 || load<u8>(writing + k) > QUOTED) {
      store<i32>(rest + ((<usize>left) << 2), row)
      left++
      continue
    }
    store<f64>(values + ((<usize>row) << 3), value)
    seen |= kind
  }
  classes = seen
  empty = blank
  return left
}

/**
 * Marks the rows in which a column is empty. In `rest` stand those whose cell is in quotes and empty, or may be a word for
 * null: it has at most `longest` bytes, of which `firsts` allows the first.
 */
export function blanks(column: i32, rows: i32, longest: i32, firsts: usize): i32 {
  begin()
  let left = 0
  let blank = 0
  for (let row = 0, k: usize = column; row < rows; row++, k += width) {
    const start = load<i32>(starts + (k << 2))
    const length = load<i32>(ends + (k << 2)) - start
    const isEmpty = length === 0 && load<u8>(writing + k) === PLAIN
    store<u8>(nulls + row, <u8>isEmpty)
    if (isEmpty) blank++
    else if (length <= longest && (length === 0 || load<u8>(firsts + load<u8>(bytes + start)) === 1)) {
      store<i32>(rest + ((<usize>left) << 2), row)
      left++
    }
  }
  empty = blank
  return left
}

/**
 * Texts by their bytes, numbered in the order in which they were first seen: open addressing over `slots`, which hold the
 * number + 1 of a word. The bytes stand in `store`, one word after the other; the next word's beginning is a word's end.
 * Both they and the cells are followed by at least eight bytes that may be read.
 */
@unmanaged
class Dictionary {
  slots: usize
  mask: u32
  hashes: usize
  begins: usize
  /** Words that there is room for. */
  capacity: i32
  store: usize
  storeBytes: i32
  size: i32
  /** How often a text was looked for. */
  searches: i32
  /** 0 where every text is taken for a new one. */
  searching: i32
  /** The highest bits of all bytes, in the highest of each. */
  bits: u64
}

/** So that nobody can choose texts which all fall into one slot. */
export let seed: u64 = 0
export function sow(low: u32, high: u32): void {
  seed = ((<u64>high) << 32) | low
}

function hashOf(at: usize, length: i32): u32 {
  let hash = seed ^ <u64>length
  let p = at
  let left = length
  for (; left >= 8; left -= 8, p += 8) hash = mixed(hash, load<u64>(p))
  if (left > 0) hash = mixed(hash, load<u64>(p) & (<u64>-1 >> ((8 - left) << 3)))
  return <u32>(hash >> 32)
}

/** As in splitmix64 (Steele, Lea, Flood 2014), a round for eight bytes. */
function mixed(hash: u64, eight: u64): u64 {
  let x = (hash ^ eight) * 0xbf58476d1ce4e5b9
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb
  return x ^ (x >> 31)
}

function equals(a: usize, b: usize, length: i32): bool {
  let left = length
  for (; left >= 8; left -= 8, a += 8, b += 8) if (load<u64>(a) !== load<u64>(b)) return false
  return left === 0 || (load<u64>(a) ^ load<u64>(b)) << ((8 - left) << 3) === 0
}

/** The number of a text, -1 where there is no room for it. */
export function codeOf(dictionary: Dictionary, at: usize, length: i32): i32 {
  const words = dictionary.size
  const begin = load<i32>(dictionary.begins + ((<usize>words) << 2))
  let hash: u32 = 0
  let slot: u32 = 0
  if (dictionary.searching !== 0) {
    hash = hashOf(at, length)
    slot = hash & dictionary.mask
    for (;;) {
      const found = load<i32>(dictionary.slots + ((<usize>slot) << 2))
      if (found === 0) break
      const word = <usize>(found - 1)
      if (load<u32>(dictionary.hashes + (word << 2)) === hash) {
        const first = load<i32>(dictionary.begins + (word << 2))
        const next = load<i32>(dictionary.begins + (word << 2) + 4)
        if (next - first === length && equals(dictionary.store + first, at, length)) {
          if (dictionary.searches < i32.MAX_VALUE) dictionary.searches++
          return found - 1
        }
      }
      slot = (slot + 1) & dictionary.mask
    }
  }
  if (words === dictionary.capacity || begin + length + 8 > dictionary.storeBytes) return -1
  if (dictionary.searching !== 0) {
    if (dictionary.searches < i32.MAX_VALUE) dictionary.searches++
    store<i32>(dictionary.slots + ((<usize>slot) << 2), words + 1)
    store<u32>(dictionary.hashes + ((<usize>words) << 2), hash)
  }
  const to = dictionary.store + begin
  let bits: u64 = dictionary.bits
  let i = 0
  for (; i + 8 <= length; i += 8) {
    const eight = load<u64>(at + i)
    store<u64>(to + i, eight)
    bits |= eight
  }
  if (i < length) {
    const eight = load<u64>(at + i) & (<u64>-1 >> ((8 - (length - i)) << 3))
    store<u64>(to + i, eight)
    bits |= eight
  }
  dictionary.bits = bits & 0x8080808080808080
  store<i32>(dictionary.begins + ((<usize>words) << 2) + 4, begin + length)
  dictionary.size = words + 1
  return words
}

/** Puts all words into the slots, which are empty. */
export function spread(dictionary: Dictionary): void {
  for (let word = 0; word < dictionary.size; word++) {
    let slot = load<u32>(dictionary.hashes + ((<usize>word) << 2)) & dictionary.mask
    while (load<i32>(dictionary.slots + ((<usize>slot) << 2)) !== 0) slot = (slot + 1) & dictionary.mask
    store<i32>(dictionary.slots + ((<usize>slot) << 2), word + 1)
  }
}

/**
 * Gives the texts of a column their numbers, -1 where the row is null, from a row on; ends at the first one for which there is
 * no room, or whose cell is not written as the text is, and gives that row.
 */
export function texts(dictionary: Dictionary, column: i32, firstRow: i32, rows: i32): i32 {
  let row = firstRow
  for (let k: usize = <usize>(column + row * width); row < rows; row++, k += width) {
    let code = -1
    if (load<u8>(nulls + row) === 0) {
      const written = load<u8>(writing + k)
      if (written === ESCAPED || written === ESCAPED_STRING) return row
      const start = load<i32>(starts + (k << 2))
      code = codeOf(dictionary, bytes + start, load<i32>(ends + (k << 2)) - start)
      if (code < 0) return row
    }
    store<i32>(codes + ((<usize>row) << 2), code)
  }
  return row
}
