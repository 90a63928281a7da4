/** numpy's default (`linear`) quantile of ascending values, of which there must be at least one. */
export function quantile(sorted: Float64Array, probability: number): number {
  const index = (sorted.length - 1) * probability
  const low = Math.floor(index)
  const a = sorted[low]!
  const b = sorted[Math.min(low + 1, sorted.length - 1)]!
  const t = index - low
  const step = b - a
  if (!Number.isFinite(step)) return a * (1 - t) + b * t
  // As numpy rounds: from the nearer end.
  return t < 0.5 ? a + step * t : b - step * (1 - t)
}
