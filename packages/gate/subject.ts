/** What a check of the gate is about, and where its rules were written. */
export interface Judged {
  /** Canonical name of the metric. */
  name: string
  /** `column = value` */
  slice?: string | undefined
  /** Where a part of the rule came from, e.g. `mlops.yaml of the base`. */
  source: (key: string) => string
}

/** `recall`, or `recall (contract = monthly)`. */
export function shown({ name, slice }: Judged): string {
  return slice === undefined ? name : `${name} (${slice})`
}

/** What a slice adds to a check's id. */
export function atSlice({ slice }: Judged): string {
  return slice === undefined ? '' : `[${slice}]`
}
