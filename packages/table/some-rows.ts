import type { Batch, Column } from './column.ts'

/** The rows at these places of a batch, in the order given, with the columns that are given. */
export function someRows(batch: Batch, places: ArrayLike<number>, columns: Column[] = batch.columns): Batch {
  const lines = taken(batch.lines, places, new Uint32Array(places.length))
  return { ...batch, rows: places.length, lines, columns: columns.map((column) => columnOf(column, places)) }
}

function columnOf(column: Column, places: ArrayLike<number>): Column {
  const nulls = taken(column.nulls, places, new Uint8Array(places.length))
  if (column.type === 'text')
    return { ...column, nulls, codes: taken(column.codes, places, new Int32Array(places.length)) }
  if (column.type === 'integer64') {
    const values = new BigInt64Array(places.length)
    for (let i = 0; i < places.length; i++) values[i] = column.values[places[i]!]!
    return { ...column, nulls, values }
  }
  return { ...column, nulls, values: taken(column.values, places, new Float64Array(places.length)) }
}

function taken<T extends { [place: number]: number }>(from: T, places: ArrayLike<number>, to: T): T {
  for (let i = 0; i < places.length; i++) to[i] = from[places[i]!]!
  return to
}
