import { SortedRows } from '@mlops-actions/profile'

/**
 * The edges of numpy's `histogram_bin_edges(values, bins='sturges')` (numpy 2): width = range / (log2 n + 1), of integers at
 * least 1; undefined where the bins would be too narrow for doubles, or the range too wide, so that numpy raises.
 */
export function sturgesEdges(
  { least, greatest, count }: { least: number; greatest: number; count: number },
  integers: boolean,
): Float64Array | undefined {
  const constant = least === greatest
  const first = constant ? least - 0.5 : least
  const last = constant ? greatest + 0.5 : greatest
  const spread = (greatest - least) / (Math.log2(count) + 1)
  if (!Number.isFinite(last - first)) return undefined
  const width = integers && spread > 0 && spread < 1 ? 1 : spread
  const bins = width > 0 ? Math.ceil((last - first) / width) : 1
  // numpy.linspace: the last edge is given, the others are counted from the first.
  const step = (last - first) / bins
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? last : i * step + first))
  return edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || edge > edges[i - 1]!)) ? edges : undefined
}

/** How many of the ascending values lie between the edges, as `numpy.histogram`: bins closed on the left, the last on both sides. */
export function histogram(sorted: Float64Array, edges: Float64Array): Float64Array {
  const bins = edges.length - 1
  const rows = new SortedRows(sorted)
  const below = Array.from(edges, (edge, i) => rows.below(edge, i === bins))
  return Float64Array.from({ length: bins }, (_, i) => below[i + 1]! - below[i]!)
}
