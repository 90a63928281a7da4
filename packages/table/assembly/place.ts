// Where the cells of the rows that were cut last stand, and what a loop over a column says of them.

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

/** The classes of the cells that a loop over a column took, and how many were empty. */
export let classes: i32 = 0
export let empty: i32 = 0

/** Ends a loop over a column, which left so many rows. */
export function took(seen: i32, blank: i32, left: i32): i32 {
  classes = seen
  empty = blank
  return left
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
