import { parseDate } from './cell.ts'
import { ParameterError } from './parameter-expression.ts'

/** A value as Python computes with it; times in microseconds, of a date since 1970. */
export type Value =
  | { kind: 'int'; of: bigint }
  | { kind: 'float'; of: number }
  /** `zone`: `+01:00`; undefined where it has none. */
  | { kind: 'datetime'; of: bigint; zone: string | undefined }
  | { kind: 'timedelta'; of: bigint }

export const int = (of: bigint | number): Value => ({ kind: 'int', of: BigInt(of) })
export const float = (of: number): Value => ({ kind: 'float', of })

/** A number out of a text or a date in ISO 8601, as Python's int, float and dateutil take them. */
export function spelled(text: string): Value {
  const trimmed = text.trim()
  if (/^[+-]?\d+$/.test(trimmed)) return int(BigInt(trimmed.replace(/^\+/, '')))
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return float(Number(trimmed))
  if (/^[+-]?inf(?:inity)?$/i.test(trimmed)) return float(trimmed.startsWith('-') ? -Infinity : Infinity)
  const milliseconds = parseDate(trimmed)
  if (milliseconds === undefined) {
    throw new ParameterError(`${JSON.stringify(text)} is no number and no date (YYYY-MM-DD)`)
  }
  const zone = /T.*?(Z|[+-]\d{2}:?\d{2})$/.exec(trimmed.replace(' ', 'T'))?.[1]
  const offset = zone === undefined || zone === 'Z' ? '+00:00' : zone.replace(/^(...)(\d\d)$/, '$1:$2')
  const [hours, minutes] = offset.slice(1).split(':').map(Number) as [number, number]
  const local = (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
  return date(BigInt(Math.round((milliseconds + local) * 1000)), zone === undefined ? undefined : offset)
}

/** `text` of a date as Python's isoformat writes it, and of a number the number. */
export function plain(value: Value): number | string {
  if (value.kind === 'timedelta') throw new ParameterError('it gives a span of time: add it to a date')
  if (value.kind === 'datetime') return isoformat(value.of) + (value.zone ?? '')
  const number = Number(value.of)
  if (Number.isNaN(number)) throw new ParameterError('it gives no number')
  if (value.kind === 'int' && !Number.isSafeInteger(number)) throw new ParameterError('it gives too large a number')
  return number
}

function date(of: bigint, zone: string | undefined): Value {
  if (of < -62135596800000000n || of > 253402300799999999n) throw new ParameterError('it gives a date that is none')
  return { kind: 'datetime', of, zone }
}

function isoformat(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const text = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19)
  return fraction === 0n ? text : `${text}.${String(fraction).padStart(6, '0')}`
}

export function negative(value: Value): Value {
  if (value.kind === 'datetime') throw new ParameterError('a date has no sign')
  return { ...value, of: -value.of } as Value
}

/** One of `+ - * / ^` on two values. */
export function operate(operator: string, a: Value, b: Value): Value {
  if (a.kind === 'datetime' || b.kind === 'datetime' || a.kind === 'timedelta' || b.kind === 'timedelta')
    return operateTimes(operator, a, b)
  if (a.kind === 'int' && b.kind === 'int' && operator !== '/') return operateWhole(operator, a.of, b.of)
  const [x, y] = [Number(a.of), Number(b.of)]
  if (y === 0 && operator === '/') throw new ParameterError('it divides by zero')
  if (operator === '^') return float(power(x, y))
  return float(operator === '+' ? x + y : operator === '-' ? x - y : operator === '*' ? x * y : x / y)
}

function operateWhole(operator: string, a: bigint, b: bigint): Value {
  if (operator === '+') return int(a + b)
  if (operator === '-') return int(a - b)
  if (operator === '*') return int(a * b)
  if (b < 0n) return float(power(Number(a), Number(b)))
  if (b > 1024n && (a > 1n || a < -1n)) throw new ParameterError('it gives too large a number')
  return int(a ** b)
}

function power(x: number, y: number): number {
  const found = x ** y
  if (x === 0 && y < 0) throw new ParameterError('it divides by zero')
  if (Number.isNaN(found)) throw new ParameterError('it gives no real number')
  if (!Number.isFinite(found) && Number.isFinite(x) && Number.isFinite(y))
    throw new ParameterError('it gives too large a number')
  return found
}

function operateTimes(operator: string, a: Value, b: Value): Value {
  const kinds = `${a.kind} ${operator} ${b.kind}`
  if (a.kind === 'datetime' && b.kind === 'timedelta' && operator === '+') return date(a.of + b.of, a.zone)
  if (a.kind === 'datetime' && b.kind === 'timedelta' && operator === '-') return date(a.of - b.of, a.zone)
  if (a.kind === 'timedelta' && b.kind === 'datetime' && operator === '+') return date(a.of + b.of, b.zone)
  if (a.kind === 'datetime' && b.kind === 'datetime' && operator === '-') {
    if ((a.zone === undefined) !== (b.zone === undefined))
      throw new ParameterError('only one of two dates names a zone')
    return { kind: 'timedelta', of: universal(a) - universal(b) }
  }
  if (a.kind === 'timedelta' && b.kind === 'timedelta') {
    if (operator === '+') return { kind: 'timedelta', of: a.of + b.of }
    if (operator === '-') return { kind: 'timedelta', of: a.of - b.of }
    if (operator === '/' && b.of !== 0n) return float(Number(a.of) / Number(b.of))
  }
  const [span, factor] = a.kind === 'timedelta' ? [a, b] : [b, a]
  if (span.kind === 'timedelta' && (factor.kind === 'int' || factor.kind === 'float')) {
    const by = Number(factor.of)
    if (operator === '*') return spanOf(Number(span.of) * by)
    if (operator === '/' && a === span && by !== 0) return spanOf(Number(span.of) / by)
  }
  throw new ParameterError(`Python has no ${kinds}`)
}

/** Of microseconds, rounded as Python does. */
function spanOf(micros: number): Value {
  if (!(Math.abs(micros) <= 8.64e19)) throw new ParameterError('it gives too long a span of time')
  return { kind: 'timedelta', of: BigInt(halfEven(micros)) }
}

function universal({ of, zone = '+00:00' }: Extract<Value, { kind: 'datetime' }>): bigint {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return of - BigInt((zone.startsWith('-') ? -1 : 1) * minutes * 60) * 1_000_000n
}

function halfEven(value: number): number {
  const low = Math.floor(value)
  const over = value - low
  return over < 0.5 || (over === 0.5 && low % 2 === 0) ? low : low + 1
}

const spans = ['days', 'seconds', 'microseconds', 'milliseconds', 'minutes', 'hours', 'weeks']
const microsOf = [86_400_000_000, 1_000_000, 1, 1000, 60_000_000, 3_600_000_000, 604_800_000_000]
const parts = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond']

/** The functions of an expression; `now` in UTC, which is a runner's own time. */
export function callFunction(name: string, of: Value[], named: [string, Value][], now: Date | undefined): Value {
  if (name === 'timedelta') {
    const given = places(name, spans, of, named)
    return spanOf(given.reduce((sum, [i, value]) => sum + numberOf(value, name) * microsOf[i]!, 0))
  }
  if (name === 'datetime') return datetime(places(name, parts, of, named))
  if (named.length > 0) throw new ParameterError(`${name}() takes no named arguments`)
  if (name === 'now' && of.length === 0) {
    if (now === undefined) throw new ParameterError('now() has no clock here')
    return date(BigInt(now.getTime()) * 1000n, undefined)
  }
  // Python's int().
  if (name === 'trunc' && of.length === 0) return int(0n)
  const [value, digits] = of
  if (value === undefined || (digits !== undefined && name !== 'round') || of.length > 2)
    throw new ParameterError(`${name}() does not take ${of.length} arguments`)
  if (name === 'abs' && value.kind !== 'datetime') return value.of < 0 ? negative(value) : value
  const number = numberOf(value, name)
  switch (name) {
    case 'sin':
    case 'cos':
    case 'tan':
      return float(Math[name](number))
    case 'exp':
      if (number < 709.8 || number === Infinity) return float(Math.exp(number))
      throw new ParameterError('it gives too large a number')
    case 'sgn':
      return int(number < -1e-12 ? -1 : number > 1e-12 ? 1 : 0)
    case 'trunc':
      return value.kind === 'int' ? value : whole(Math.trunc(number))
    case 'round':
      if (digits !== undefined && digits.kind !== 'int')
        throw new ParameterError('round() takes a whole number of digits')
      return round(value, digits?.of)
    default:
      throw new ParameterError(`there is no function ${name}()`)
  }
}

function round(value: Value, digits: bigint | undefined): Value {
  const number = Number(value.of)
  const places = Number(digits ?? 0n)
  if (value.kind === 'int' && places >= 0) return value
  if (digits === undefined) return whole(halfEven(number))
  const rounded = places >= 0 ? toPlaces(number, places) : halfEven(number / 10 ** -places) * 10 ** -places
  return value.kind === 'int' ? whole(rounded) : float(rounded)
}

/** Rounds what the double holds exactly, half to even. */
function toPlaces(number: number, places: number): number {
  if (places > 70 || Math.abs(number) >= 1e21) return number
  const exact = number.toFixed(100)
  const cut = exact.length - (100 - places)
  if (!/^50*$/.test(exact.slice(cut))) return Number(number.toFixed(places))
  const kept = exact.slice(0, cut)
  return '02468'.includes(kept.replace('.', '').at(-1)!) ? Number(kept) : Number(number.toFixed(places))
}

function whole(number: number): Value {
  if (!Number.isFinite(number)) throw new ParameterError('it gives no whole number')
  return int(BigInt(number))
}

/** Arguments by their places, whether they were named or not. */
function places(name: string, names: string[], of: Value[], named: [string, Value][]): [number, Value][] {
  const given: [number, Value][] = [
    ...of.entries(),
    ...named.map(([key, v]): [number, Value] => [names.indexOf(key), v]),
  ]
  const wrong = given.find(([i]) => i < 0 || i >= names.length)
  if (wrong !== undefined || new Set(given.map(([i]) => i)).size < given.length)
    throw new ParameterError(`${name}() takes ${names.join(', ')}, each once`)
  return given
}

function datetime(given: [number, Value][]): Value {
  const values = [Number.NaN, Number.NaN, Number.NaN, 0, 0, 0, 0]
  for (const [i, value] of given) {
    if (value.kind !== 'int') throw new ParameterError('datetime() takes whole numbers')
    values[i] = Number(value.of)
  }
  const [year, month, day, hour, minute, second, micro] = values as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  at.setUTCHours(hour, minute, second)
  const isSame =
    at.getUTCFullYear() === year &&
    at.getUTCMonth() === month - 1 &&
    at.getUTCDate() === day &&
    year >= 1 &&
    year <= 9999
  const isTime = at.getUTCHours() === hour && at.getUTCMinutes() === minute && at.getUTCSeconds() === second
  if (!isSame || !isTime || !(micro >= 0 && micro < 1e6)) throw new ParameterError('datetime() is given no date')
  return date(BigInt(at.getTime()) * 1000n + BigInt(micro), undefined)
}

function numberOf(value: Value, name: string): number {
  if (value.kind === 'int' || value.kind === 'float') return Number(value.of)
  throw new ParameterError(`${name}() takes numbers`)
}
