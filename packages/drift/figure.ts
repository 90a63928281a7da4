/** A figure of a check, in three digits. */
export function short(x: number): string {
  return x === 0 ? '0' : Math.abs(x) < 0.001 ? x.toExponential(0) : String(Number(x.toPrecision(3)))
}

/** A share of the rows. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`
}
