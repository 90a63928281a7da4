/** Groups with fewer rows predict nothing: an identifier, in which every row is a group, would otherwise tell all. */
const fewestInGroup = 10
/** Two classes are set apart by numbers where both have so many: by chance, in one of C(20, 10) / 2 = 92,378 columns. */
export const fewestInClass = 10

/**
 * Goodman and Kruskal's lambda (Journal of the American Statistical Association 49, 1954): by how much of its errors the
 * guess of a class betters when the group is known. 1: the group tells the class; 0: it tells nothing more than the most
 * common class. Each row is guessed from the other rows of its group (leave one out), and from the most common class where
 * those are fewer than nine or two classes are tied among them. undefined where there is one class alone.
 * @param groups of each row, from 0
 * @param classes of each row, from 0
 */
export function lambda(groups: Int32Array, classes: Int32Array): number | undefined {
  const sizes = countsOf(classes)
  const mode = sizes.indexOf(Math.max(...sizes))
  const before = classes.length - (sizes[mode] ?? 0)
  if (before === 0) return undefined
  const tops = topClasses(groups, classes)
  let errors = 0
  for (let i = 0; i < classes.length; i++) {
    const { rows, most, first, second, counts } = tops.get(groups[i]!)!
    const own = classes[i]!
    const others = own === most ? second : first
    const mine = counts.get(own)! - 1
    const right = rows >= fewestInGroup && mine !== others ? mine > others : own === mode
    if (!right) errors++
  }
  return 1 - errors / before
}

interface Group {
  rows: number
  counts: Map<number, number>
  /** The most common class, its rows, and those of the next. */
  most: number
  first: number
  second: number
}

function topClasses(groups: Int32Array, classes: Int32Array): Map<number, Group> {
  const found = new Map<number, Group>()
  for (let i = 0; i < groups.length; i++) {
    const group = found.get(groups[i]!) ?? { rows: 0, counts: new Map<number, number>(), most: -1, first: 0, second: 0 }
    found.set(groups[i]!, group)
    group.rows++
    group.counts.set(classes[i]!, (group.counts.get(classes[i]!) ?? 0) + 1)
  }
  for (const group of found.values()) {
    for (const [of, count] of group.counts) {
      if (count > group.first) [group.most, group.first, group.second] = [of, count, group.first]
      else if (count > group.second) group.second = count
    }
  }
  return found
}

function countsOf(codes: Int32Array): number[] {
  const counts: number[] = []
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1
  return Array.from(counts, (count) => count ?? 0)
}

/**
 * How well numbers set classes apart: the area under the ROC curve of the pair of classes that they set apart worst, in
 * either direction (Hand and Till, Machine Learning 45, 2001, take the mean over the pairs). 1: by two thresholds or fewer
 * each class can be told from any other; 0.5: some pair not at all. Classes of fewer than ten values are left out; undefined where
 * fewer than two remain.
 * @param values NaN where a row has none
 * @param classes of each row, from 0
 */
export function separation(values: Float64Array, classes: Int32Array): number | undefined {
  const order = orderOf(values)
  const sizes = countsOf(classes.filter((_, i) => !Number.isNaN(values[i]!)))
  const k = sizes.length
  const below = new Float64Array(k)
  /** Pairs of rows (a, b) in which a's value is the greater; a tie is half a pair. */
  const above = new Float64Array(k * k)
  for (let from = 0; from < order.length; ) {
    const tied = new Map<number, number>()
    let to = from
    for (; to < order.length && values[order[to]!] === values[order[from]!]; to++) {
      const of = classes[order[to]!]!
      tied.set(of, (tied.get(of) ?? 0) + 1)
    }
    for (const [a, count] of tied) {
      for (let b = 0; b < k; b++) above[a * k + b]! += count * (below[b]! + (tied.get(b) ?? 0) / 2)
    }
    for (const [of, count] of tied) below[of]! += count
    from = to
  }
  const kept = [...sizes.keys()].filter((of) => sizes[of]! >= fewestInClass)
  if (kept.length < 2) return undefined
  const areas = kept.flatMap((a, i) => kept.slice(i + 1).map((b) => above[a * k + b]! / (sizes[a]! * sizes[b]!)))
  return Math.min(...areas.map((area) => Math.max(area, 1 - area)))
}

/** The rows that have a value, in ascending order of it. */
function orderOf(values: Float64Array): Uint32Array {
  const rows = Uint32Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]!))
  return rows.sort((a, b) => values[a]! - values[b]!)
}

/** Pearson's correlation. undefined where a side is constant or there are fewer than two pairs. */
export function pearson(x: Float64Array, y: Float64Array): number | undefined {
  const [mx, my] = [mean(x), mean(y)]
  let [xx, yy, xy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - mx, y[i]! - my]
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  return xx > 0 && yy > 0 ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy))) : undefined
}

/** Spearman's rank correlation: Pearson's of the ranks, tied values sharing their mean rank. undefined as Pearson's. */
export function spearman(x: Float64Array, y: Float64Array): number | undefined {
  return pearson(ranks(x), ranks(y))
}

function ranks(values: Float64Array): Float64Array {
  const order = orderOf(values)
  const ranked = new Float64Array(values.length)
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++
    for (let i = from; i < to; i++) ranked[order[i]!] = (from + to + 1) / 2
    from = to
  }
  return ranked
}

/**
 * The correlation ratio (eta squared): the share of the variance of numbers that their group explains. Each is predicted by
 * the mean of the others of its group (leave one out), or of all others where the group has fewer than ten rows, so that an
 * identifier explains nothing; it may be below 0. undefined where the numbers are constant.
 * @param groups of each row, from 0
 */
export function correlationRatio(groups: Int32Array, values: Float64Array): number | undefined {
  const rows = countsOf(groups)
  const centre = mean(values)
  const sums = new Float64Array(rows.length)
  for (let i = 0; i < values.length; i++) sums[groups[i]!]! += values[i]! - centre
  let [left, total] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! - centre
    const size = rows[groups[i]!]!
    const ofAll = -value / (values.length - 1)
    const guess = size < fewestInGroup ? ofAll : (sums[groups[i]!]! - value) / (size - 1)
    left += (value - guess) ** 2
    total += (value - ofAll) ** 2
  }
  return total > 0 ? 1 - left / total : undefined
}

function mean(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
