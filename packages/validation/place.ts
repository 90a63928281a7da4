import type { Batch } from '@mlops-actions/table'

/** Where a row stands as one number, which sorts as the rows do: the index of its file, and its line there. */
export const placeOf = ({ source, lines }: Pick<Batch, 'source' | 'lines'>, row: number) =>
  source * 2 ** 32 + lines[row]!
export const sourceOf = (place: number) => Math.floor(place / 2 ** 32)
export const lineOf = (place: number) => place % 2 ** 32
