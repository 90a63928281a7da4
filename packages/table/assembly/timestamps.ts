import { bytes, ends, isEmpty, leave, starts, took, values, width, writing } from './place'
import { ESCAPED, MINUS, TIMESTAMP, ZERO } from './written'

/** Days before each month of a year that is no leap year. */
const DAYS_BEFORE: usize = memory.data<i32>([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])
const DAYS_IN: usize = memory.data<u8>([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

/** Reads the cells of a column that are dates, alone or with `T05:00:59` and perhaps Z; gives how many rows are left in `rest`. */
export function timestamps(column: i32, rows: i32): i32 {
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
      left = leave(row, left)
      continue
    }
    store<f64>(values + ((<usize>row) << 3), (<f64>value - 719162) * 86400000 + <f64>seconds * 1000)
    seen = TIMESTAMP
  }
  return took(seen, blank, left)
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
