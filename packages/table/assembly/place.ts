// Where the cells of the rows that were cut last stand, and what a loop over a column says of them.

import { PLAIN } from './written'

export let width: i32 = 0
export let starts: usize = 0
export let ends: usize = 0
export let writing: usize = 0
export let lines: usize = 0
export let values: usize = 0
export let nulls: usize = 0
export let codes: usize = 0
export let rest: usize = 0
export let bytes: usize = 0

/** What a cut and a loop over a column have to say, in words of four bytes: `said` of ../scanner.ts names them. */
const REPORT: usize = memory.data(24)
export function report(): usize {
  return REPORT
}

/** Says of a row whether its cell is empty; then it is null. */
export function isEmpty(k: usize, row: i32): bool {
  const empty = load<i32>(starts + (k << 2)) === load<i32>(ends + (k << 2)) && load<u8>(writing + k) === PLAIN
  store<u8>(nulls + row, <u8>empty)
  if (empty) store<f64>(values + ((<usize>row) << 3), 0)
  return empty
}

/** Leaves a row to the caller, after so many others; gives how many it are now. */
export function leave(row: i32, left: i32): i32 {
  store<i32>(rest + ((<usize>left) << 2), row)
  return left + 1
}

/** Ends a loop over a column: the classes of the cells that it took, how many were empty, and how many rows it left. */
export function took(seen: i32, blank: i32, left: i32): i32 {
  store<i32>(REPORT, seen)
  store<i32>(REPORT, blank, 4)
  return left
}

/** Says where the next cut begins, and its line. */
export function next(from: i32, line: i32): void {
  store<i32>(REPORT, from, 8)
  store<i32>(REPORT, line, 12)
}

/** Says how many cells the row has that was cut last. */
export function counted(cells: i32): void {
  store<i32>(REPORT, cells, 16)
}

/** Says in which line a cut ended, and why. */
export function fault(reason: i32, line: i32): i32 {
  store<i32>(REPORT, line, 20)
  return reason
}

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
