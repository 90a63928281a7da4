import { bytes, ends, isEmpty, leave, starts, took, values, width, writing } from './place'
import { LOWER_BOOLEAN, QUOTED, TITLE_BOOLEAN, UPPER_BOOLEAN } from './written'

/** Reads the cells of a column that are true and false in one of three cases; gives how many rows are left in `rest`. */
export function booleans(column: i32, rows: i32): i32 {
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
      left = leave(row, left)
      continue
    }
    store<f64>(values + ((<usize>row) << 3), value)
    seen |= kind
  }
  return took(seen, blank, left)
}
