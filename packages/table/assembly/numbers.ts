import { bytes, ends, isEmpty, leave, starts, took, values, width, writing } from './place'
import { DECIMAL, INTEGER, MINUS, POINT, QUOTED, ZERO } from './written'

const POWERS: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
])

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
  let left = 0
  let seen = 0
  let blank = 0
  for (let row = 0, k: usize = column; row < rows; row++, k += width) {
    if (isEmpty(k, row)) {
      blank++
      continue
    }
    const start = load<i32>(starts + (k << 2))
    const end = load<i32>(ends + (k << 2))
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
      left = leave(row, left)
      continue
    }
    let value = <f64>mantissa
    if (places > 0) value /= load<f64>(POWERS + (places << 3))
    store<f64>(values + ((<usize>row) << 3), negative ? 0 - value : value)
    seen |= kind
  }
  return took(seen, blank, left)
}
