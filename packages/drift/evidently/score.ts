/** Why there is no score: Evidently raises or gives NaN there. */
export interface NoScore {
  undefined: string
}

/** A p-value or a distance, or why there is none. */
export type Score = number | NoScore

export function noScore(reason: string): NoScore {
  return { undefined: reason }
}
