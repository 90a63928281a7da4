const minus = 45
const plus = 43
const point = 46
const space = 32

/** What one cell could be, as bits: a column's type follows from the union over its cells. */
export const cellClass = {
  integer: 1,
  /** Beyond 2^53, within 64 bits. */
  integer64: 2,
  /** A whole number beyond 64 bits. */
  longInteger: 4,
  decimal: 8,
  lowerBoolean: 16,
  titleBoolean: 32,
  upperBoolean: 64,
  timestamp: 128,
  text: 256,
}

const numberClasses = cellClass.integer | cellClass.integer64 | cellClass.longInteger | cellClass.decimal

/** The class of a cell of at least one byte. */
export function classOf(bytes: Buffer, start: number, end: number): number {
  const number = classOfNumber(bytes, start, end)
  if (number !== 0) return number
  if (bytes[start] === space || bytes[end - 1] === space) {
    const from = skipSpaces(bytes, start, end)
    return classOfNumber(bytes, from, dropSpaces(bytes, from, end)) || cellClass.text
  }
  return classOfBoolean(bytes, start, end) || classOfTimestamp(bytes, start, end) || cellClass.text
}

function classOfNumber(bytes: Buffer, start: number, end: number): number {
  let p = start
  if (bytes[p] === minus || bytes[p] === plus) p++
  const whole = p
  while (p < end && isDigit(bytes[p]!)) p++
  const digits = p - whole
  if (digits > 1 && bytes[whole] === 48) return 0
  if (p === end) {
    if (digits === 0) return 0
    return digits <= 15 ? cellClass.integer : classOfLongInteger(bytes, start, end)
  }
  let fraction = 0
  if (bytes[p] === point) {
    p++
    const from = p
    while (p < end && isDigit(bytes[p]!)) p++
    fraction = p - from
  }
  if (digits + fraction === 0) return 0
  if (p === end && digits < 300) return cellClass.decimal
  // Exponents and very long numbers may overflow: such a cell is no number that could be kept.
  return Number.isFinite(nearestDouble(bytes, start, end)) ? cellClass.decimal : 0
}

function classOfLongInteger(bytes: Buffer, start: number, end: number): number {
  if (end - start > 20) return cellClass.longInteger
  const value = wholeNumber(bytes, start, end)
  if (value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) return cellClass.integer
  return BigInt.asIntN(64, value) === value ? cellClass.integer64 : cellClass.longInteger
}

function classOfBoolean(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start]! | 32
  if (!(end - start === 4 && first === 116) && !(end - start === 5 && first === 102)) return 0
  const word = bytes.toString('latin1', start, end)
  if (word === 'true' || word === 'false') return cellClass.lowerBoolean
  if (word === 'True' || word === 'False') return cellClass.titleBoolean
  return word === 'TRUE' || word === 'FALSE' ? cellClass.upperBoolean : 0
}

function classOfTimestamp(bytes: Buffer, start: number, end: number): number {
  return Number.isNaN(parseTimestamp(bytes, start, end)) ? 0 : cellClass.timestamp
}

/** Those that a double holds exactly. */
export const powersOfTen = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))

/** The whole number written, NaN where the cell is not of the class `integer`. */
export function parseInteger(bytes: Buffer, start: number, end: number): number {
  const negative = bytes[start] === minus
  const whole = negative ? start + 1 : start
  let value = 0
  let p = whole
  for (; p < end; p++) {
    const digit = bytes[p]! - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  const digits = p - whole
  if (p === end && digits <= 15 && (digits === 1 || (digits > 1 && bytes[whole] !== 48)))
    return negative ? 0 - value : value
  return classOf(bytes, start, end) === cellClass.integer ? nearestDouble(bytes, start, end) : Number.NaN
}

/** The double nearest to the number written, NaN where the cell is not of a class of numbers. */
export function parseNumber(bytes: Buffer, start: number, end: number): number {
  const negative = bytes[start] === minus
  const whole = negative ? start + 1 : start
  let mantissa = 0
  let p = whole
  for (; p < end; p++) {
    const digit = bytes[p]! - 48
    if (digit < 0 || digit > 9) break
    mantissa = mantissa * 10 + digit
  }
  let digits = p - whole
  if (digits <= 1 || bytes[whole] !== 48) {
    let places = 0
    if (p < end && bytes[p] === point) {
      const from = ++p
      for (; p < end; p++) {
        const digit = bytes[p]! - 48
        if (digit < 0 || digit > 9) break
        mantissa = mantissa * 10 + digit
      }
      places = p - from
      digits += places
    }
    if (p === end && digits > 0 && digits <= 15) {
      const value = mantissa / powersOfTen[places]!
      return negative ? 0 - value : value
    }
  }
  return (classOf(bytes, start, end) & numberClasses) === 0 ? Number.NaN : nearestDouble(bytes, start, end)
}

/**
 * The double nearest to the number written, NaN where none is. Up to 2^53 and 22 decimal places one exact multiplication or
 * division gives it (Clinger, "How to read floating point numbers accurately", 1990); beyond, the engine's own parser.
 */
function nearestDouble(bytes: Buffer, cellStart: number, cellEnd: number): number {
  const start = skipSpaces(bytes, cellStart, cellEnd)
  const end = dropSpaces(bytes, start, cellEnd)
  let p = start
  const negative = bytes[p] === minus
  if (negative || bytes[p] === plus) p++
  let mantissa = 0
  const whole = p
  for (; p < end && isDigit(bytes[p]!); p++) mantissa = mantissa * 10 + bytes[p]! - 48
  let digits = p - whole
  let power = 0
  if (p < end && bytes[p] === point) {
    p++
    const from = p
    for (; p < end && isDigit(bytes[p]!); p++) mantissa = mantissa * 10 + bytes[p]! - 48
    power = from - p
    digits += p - from
  }
  if (digits === 0) return Number.NaN
  if (p < end && (bytes[p]! | 32) === 101) {
    p++
    const down = bytes[p] === minus
    if (down || bytes[p] === plus) p++
    const from = p
    let exponent = 0
    for (; p < end && isDigit(bytes[p]!); p++) exponent = exponent * 10 + bytes[p]! - 48
    if (p === from) return Number.NaN
    power += down ? -exponent : exponent
  }
  if (p !== end) return Number.NaN
  if (mantissa >= 9007199254740992 || power < -22 || power > 22) {
    return Number(bytes.toString('latin1', start, end)) + 0
  }
  const value = power < 0 ? mantissa / powersOfTen[-power]! : mantissa * powersOfTen[power]!
  return negative && value !== 0 ? -value : value
}

/** The whole number written, undefined where the cell is none of 64 bits. */
export function parseInteger64(bytes: Buffer, start: number, end: number): bigint | undefined {
  return (classOf(bytes, start, end) & (cellClass.integer | cellClass.integer64)) === 0
    ? undefined
    : wholeNumber(bytes, start, end)
}

/** Only for cells of a class of integers. */
function wholeNumber(bytes: Buffer, start: number, end: number): bigint {
  const from = skipSpaces(bytes, start, end)
  const digits = bytes[from] === minus || bytes[from] === plus ? from + 1 : from
  const value = BigInt(bytes.toString('latin1', digits, dropSpaces(bytes, digits, end)))
  return bytes[from] === minus ? -value : value
}

const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Milliseconds since 1970-01-01T00:00Z of an ISO 8601 date or date-time, NaN where none is. Without a zone: UTC.
 * Microseconds are a fraction of a millisecond.
 */
export function parseTimestamp(bytes: Buffer, start: number, end: number): number {
  if (end - start < 10 || bytes[start + 4] !== minus || bytes[start + 7] !== minus) return Number.NaN
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2)
  const month = twoDigits(bytes, start + 5)
  const day = twoDigits(bytes, start + 8)
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return Number.NaN
  if (day > daysIn[month - 1]! + (leap && month === 2 ? 1 : 0)) return Number.NaN
  const y = year - 1
  const days = y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) - 719162
  const date = (days + daysBefore[month - 1]! + (leap && month > 2 ? 1 : 0) + day - 1) * 86_400_000
  return end - start === 10 ? date : date + parseTime(bytes, start + 10, end)
}

/** `T05:00`, `T05:00:59.123456`, then the zone. */
function parseTime(bytes: Buffer, start: number, end: number): number {
  if (end - start < 6 || (bytes[start] !== 84 && bytes[start] !== space) || bytes[start + 3] !== 58) return Number.NaN
  const hour = twoDigits(bytes, start + 1)
  const minute = twoDigits(bytes, start + 4)
  if (!(hour <= 23 && minute <= 59)) return Number.NaN
  let milliseconds = (hour * 60 + minute) * 60_000
  let p = start + 6
  if (p < end && bytes[p] === 58) {
    if (p + 3 > end) return Number.NaN
    const second = twoDigits(bytes, p + 1)
    if (!(second <= 59)) return Number.NaN
    milliseconds += second * 1000
    p += 3
    if (p < end && bytes[p] === point) {
      const from = ++p
      let microseconds = 0
      for (; p < end && isDigit(bytes[p]!); p++) {
        if (p - from < 6) microseconds += (bytes[p]! - 48) * 10 ** (5 - (p - from))
        else if (bytes[p] !== 48) return Number.NaN
      }
      if (p === from) return Number.NaN
      milliseconds += microseconds / 1000
    }
  }
  return milliseconds - parseZone(bytes, p, end)
}

/** Nothing, `Z`, `+01`, `+0100` or `+01:00`, in milliseconds east of Greenwich. */
function parseZone(bytes: Buffer, start: number, end: number): number {
  const length = end - start
  if (length === 0 || (length === 1 && bytes[start] === 90)) return 0
  const colon = length === 6 && bytes[start + 3] === 58
  if ((bytes[start] !== plus && bytes[start] !== minus) || !(colon || length === 3 || length === 5)) return Number.NaN
  const hours = twoDigits(bytes, start + 1)
  const minutes = length === 3 ? 0 : twoDigits(bytes, colon ? start + 4 : start + 3)
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN
  return (bytes[start] === minus ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function twoDigits(bytes: Buffer, at: number): number {
  const [tens, ones] = [bytes[at]!, bytes[at + 1]!]
  return isDigit(tens) && isDigit(ones) ? (tens - 48) * 10 + ones - 48 : Number.NaN
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

function skipSpaces(bytes: Buffer, start: number, end: number): number {
  let p = start
  while (p < end && bytes[p] === space) p++
  return p
}

function dropSpaces(bytes: Buffer, start: number, end: number): number {
  let p = end
  while (p > start && bytes[p - 1] === space) p--
  return p
}
