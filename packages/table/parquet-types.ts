import type { SchemaElement } from 'hyparquet'
import { cellClass } from './cell.ts'
import { timestampText } from './value.ts'

/** A value that is not null, as the file holds it. */
export type Raw = number | bigint | boolean | Uint8Array

/** What the values of a Parquet column are to a table. */
export interface Kind {
  /** The class of every value, or of one: 0 is a null, a class of none a value that cannot be kept. */
  of: number | ((raw: Raw) => number)
  /** For whole numbers: the class of any value between these two. */
  between?(low: bigint, high: bigint): number
  /** A number, 0 or 1, or milliseconds since 1970; NaN is a null. */
  number(raw: Raw): number
  /** The whole number. */
  integer(raw: Raw): bigint
  /** The text, where `isBytes` does not say that the bytes are it. */
  text(raw: Raw): string
  isBytes: boolean
}

/** The class of a value that no column can hold: an infinite number, a time beyond what a date can be. */
export const impossible = 1 << 30

/** In milliseconds: dates of JavaScript reach so far on both sides of 1970. */
export const lastTime = 8.64e15

const none = () => Number.NaN
const noInteger = () => 0n

/** What a column of this element is; undefined where it is none that a table can hold. */
export function kindOf(element: SchemaElement): Kind | undefined {
  const { type, converted_type: converted, logical_type: logical } = element
  const is = logical?.type
  if (is === 'NULL') return { ...integers(Number), of: 0 }
  switch (type) {
    case 'BOOLEAN':
      return { of: cellClass.lowerBoolean, number: Number, integer: noInteger, text: String, isBytes: false }
    case 'FLOAT':
    case 'DOUBLE':
      return floats((raw) => raw as number)
    case 'INT32':
      if (is === 'DATE' || converted === 'DATE') return times((raw) => (raw as number) * 86_400_000)
      break
    case 'INT96':
      return times((raw) => microseconds(nanosOfInt96(raw as bigint) / 1000n))
    case 'INT64':
      if (is === 'TIMESTAMP' || converted === 'TIMESTAMP_MILLIS' || converted === 'TIMESTAMP_MICROS') {
        const unit = is === 'TIMESTAMP' ? logical.unit : converted === 'TIMESTAMP_MILLIS' ? 'MILLIS' : 'MICROS'
        if (unit === 'MILLIS') return times(Number)
        return times(
          unit === 'MICROS' ? (raw) => microseconds(raw as bigint) : (raw) => microseconds(microsOf(raw as bigint)),
        )
      }
      break
    case 'FIXED_LEN_BYTE_ARRAY':
      if (is === 'FLOAT16') return floats((raw) => float16(raw as Uint8Array))
      if (is === 'UUID') return texts((raw) => uuid(raw as Uint8Array))
      break
    default:
  }
  if (is === 'DECIMAL' || converted === 'DECIMAL') return decimals(element)
  if (is === 'TIME' || converted === 'TIME_MILLIS' || converted === 'TIME_MICROS') {
    if (type !== 'INT32' && type !== 'INT64') return undefined
    const unit = is === 'TIME' ? logical.unit : converted === 'TIME_MILLIS' ? 'MILLIS' : 'MICROS'
    const perSecond = { MILLIS: 1000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n }[unit]
    return texts((raw) => timeText(BigInt(raw as bigint), perSecond))
  }
  if (type === 'INT32' || type === 'INT64') {
    const isUnsigned = (is === 'INTEGER' && !logical.isSigned) || converted?.startsWith('UINT')
    if (type === 'INT32')
      return { ...integers(isUnsigned ? (raw) => (raw as number) >>> 0 : Number), of: cellClass.integer }
    return bigIntegers(isUnsigned ? (raw) => BigInt.asUintN(64, raw as bigint) : (raw) => raw as bigint)
  }
  if (is === 'BSON' || is === 'VARIANT' || is === 'GEOMETRY' || is === 'GEOGRAPHY' || is === 'INTERVAL')
    return undefined
  if (converted === 'BSON' || converted === 'INTERVAL') return undefined
  return { of: cellClass.text, number: none, integer: noInteger, text: String, isBytes: true }
}

function integers(value: (raw: Raw) => number): Omit<Kind, 'of'> {
  return { number: value, integer: (raw) => BigInt(value(raw)), text: (raw) => String(value(raw)), isBytes: false }
}

function bigIntegers(value: (raw: Raw) => bigint): Kind {
  return {
    of: (raw) => classOfInteger(value(raw)),
    between: (low, high) => classOfInteger(low) | classOfInteger(high),
    number: (raw) => Number(value(raw)),
    integer: value,
    text: (raw) => String(value(raw)),
    isBytes: false,
  }
}

function classOfInteger(value: bigint): number {
  if (value >= -9007199254740991n && value <= 9007199254740991n) return cellClass.integer
  return BigInt.asIntN(64, value) === value ? cellClass.integer64 : cellClass.longInteger
}

function floats(value: (raw: Raw) => number): Kind {
  return {
    of: (raw) => {
      const number = value(raw)
      return Number.isFinite(number) ? cellClass.decimal : Number.isNaN(number) ? 0 : impossible
    },
    // Negative zero is zero, as in CSV.
    number: (raw) => value(raw) + 0,
    integer: noInteger,
    text: (raw) => String(value(raw) + 0),
    isBytes: false,
  }
}

function times(milliseconds: (raw: Raw) => number): Kind {
  return {
    of: (raw) => (Math.abs(milliseconds(raw)) <= lastTime ? cellClass.timestamp : impossible),
    number: milliseconds,
    integer: noInteger,
    text: (raw) => timestampText(milliseconds(raw)),
    isBytes: false,
  }
}

/** Nanoseconds are cut to whole microseconds: a double holds no more of a time. */
function microsOf(nanos: bigint): bigint {
  const micros = nanos / 1000n
  return nanos % 1000n < 0n ? micros - 1n : micros
}

function microseconds(micros: bigint): number {
  return Number(micros) / 1000
}

/** Days since the Julian epoch in the high 32 bits, nanoseconds of the day in the low 64. */
function nanosOfInt96(raw: bigint): bigint {
  return ((raw >> 64n) - 2440588n) * 86_400_000_000_000n + BigInt.asUintN(64, raw)
}

/** Digits after the point: more than any database has are a damaged file. */
const largestScale = 1000

function decimals(element: SchemaElement): Kind | undefined {
  const logical = element.logical_type
  const scale = element.scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0)
  if (Math.abs(scale) > largestScale) return undefined
  const unscaled = (raw: Raw) => (raw instanceof Uint8Array ? signed(raw) : BigInt(raw))
  if (scale <= 0) return bigIntegers((raw) => unscaled(raw) * 10n ** BigInt(-scale))
  const text = (raw: Raw) => {
    const value = unscaled(raw)
    const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
    return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  }
  const number = (raw: Raw) => {
    const value = Number(unscaled(raw))
    // Exact: one rounding, of two numbers that doubles hold.
    return scale <= 22 && Number.isSafeInteger(value) ? value / 10 ** scale : Number(text(raw)) + 0
  }
  return { of: cellClass.decimal, number, integer: noInteger, text, isBytes: false }
}

/** A big-endian two's complement number. */
function signed(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}

function texts(text: (raw: Raw) => string): Kind {
  return { of: cellClass.text, number: none, integer: noInteger, text, isBytes: false }
}

function timeText(ticks: bigint, perSecond: bigint): string {
  const two = (number: bigint) => String(number).padStart(2, '0')
  const seconds = ticks / perSecond
  const digits = String(perSecond).length - 1
  const fraction = String(ticks % perSecond)
    .padStart(digits, '0')
    .replace(/0+$/, '')
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map(two).join(':')
  return fraction === '' ? clock : `${clock}.${fraction}`
}

function uuid(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function float16(bytes: Uint8Array): number {
  const bits = bytes[0]! | (bytes[1]! << 8)
  const sign = bits >> 15 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * 2 ** -24 * fraction
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
}
