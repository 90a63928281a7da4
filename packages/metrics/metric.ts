export type Direction = 'higher_is_better' | 'lower_is_better'

/** One measured figure, with everything needed to read it. */
export interface Metric {
  /** scikit-learn's scorer name without `neg_`, e.g. `roc_auc`, `rmse` (canonical: `root_mean_squared_error`). */
  name: string
  /** null where the metric is not defined on these rows; `undefined` then says why. */
  value: number | null
  undefined?: string
  low?: number
  high?: number
  /** Two-sided confidence of [low, high], e.g. 0.9. */
  confidence?: number
  /** How the interval was made, e.g. `DeLong`, `Wilson`, `bootstrap (percentile, 1000 resamples, seed 1)`. */
  method?: string
  /** Rows measured on; 0 where that is not known (a figure from a file). */
  n: number
  /** Absent where the metric's name does not settle it (a user's own metric from a file). */
  direction?: Direction
  /** `column = value` where the metric is of a slice. */
  slice?: string
}
