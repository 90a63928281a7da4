import { bytes, ends, isEmpty, leave, starts, took, width } from './place'

/**
 * Marks the rows in which a column is empty. In `rest` stand those whose cell is in quotes and empty, or may be a word for
 * null: it has at most `longest` bytes, of which `firsts` allows the first.
 */
export function blanks(column: i32, rows: i32, longest: i32, firsts: usize): i32 {
  let left = 0
  let blank = 0
  for (let row = 0, k: usize = column; row < rows; row++, k += width) {
    if (isEmpty(k, row)) {
      blank++
      continue
    }
    const start = load<i32>(starts + (k << 2))
    const length = load<i32>(ends + (k << 2)) - start
    if (length <= longest && (length === 0 || load<u8>(firsts + load<u8>(bytes + start)) === 1)) left = leave(row, left)
  }
  return took(0, blank, left)
}
