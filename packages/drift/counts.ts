import {
  type Bins,
  type ColumnProfile,
  countIn,
  type NumberProfile,
  Ranked,
  rareCategoryHash,
  sameBins,
} from '@mlops-actions/profile'

/** What two samples hold, counted over the same bins or categories. */
export interface Counts {
  /** What `labels` name: intervals and single values, or categories. */
  of: 'bin' | 'category'
  labels: string[]
  reference: number[]
  current: number[]
  /** Categories that only the current side names. */
  added: { category: string; count: number }[]
  /** Whether those may be old: the reference folded its rare categories. */
  addedMayBeRare: boolean
  /** Cells that may be hidden in the one that holds rare categories of which only the sum is known. */
  hidden: number
}

const NO_CATEGORIES = { added: [], addedMayBeRare: false, hidden: 0 }

/**
 * Both samples over the reference's bins; a current profile that was counted in others is counted anew by its distribution.
 * Throws where it has none: an internal fault.
 */
export function countedBins(reference: ColumnProfile, current: ColumnProfile): Counts {
  const ours = reference.numbers
  const theirs = current.numbers
  const counts = ours && theirs && countsIn(ours.bins, theirs)
  if (counts === undefined) {
    throw new Error(`Column ${reference.name}: the current profile is not counted in the reference's bins`)
  }
  const isSensitive = reference.sensitive || current.sensitive
  const labels = isSensitive ? binNumbers(ours!.bins) : binLabels(ours!.bins)
  return { of: 'bin', labels, reference: ours!.counts, current: counts, ...NO_CATEGORIES }
}

/** Names of bins that tell no value: their places in the order of values. */
function binNumbers({ points, edges }: Bins): string[] {
  const lows = [...points, -Infinity, ...edges]
  const order = [...lows.keys()].sort((a, b) => (lows[a]! < lows[b]! ? -1 : 1))
  return lows.map((_, i) => `bin ${order.indexOf(i) + 1} of ${lows.length}`)
}

function countsIn(bins: Bins, { bins: own, counts, distribution }: NumberProfile): number[] | undefined {
  if (sameBins(bins, own)) return counts
  return distribution && countIn(bins, new Ranked(distribution))
}

function binLabels({ points, edges }: Bins): string[] {
  const others = points.length > 0 ? 'other values' : 'all values'
  // Six digits name a bin; an interpolated quantile has sixteen, and nobody reads those.
  const short = (value: number) => String(Number(value.toPrecision(6)))
  const ends = edges.map(short)
  const intervals = ends.length === 0 ? [others] : [`< ${ends[0]}`]
  for (let i = 0; i < ends.length; i++) {
    intervals.push(i + 1 < ends.length ? `[${ends[i]}, ${ends[i + 1]})` : `>= ${ends[i]}`)
  }
  return [...points.map(short), ...intervals]
}

/** The name of all categories that a profile counts together because each is rare. */
const RARE = '(rare categories)'

/** A side's categories: by name, by hash where they are rare, and those of which only the sum is known. */
interface Tally {
  named: Map<string, number>
  rare: Map<string, number>
  rest: { categories: number; count: number }
}

function tally({ categories }: ColumnProfile): Tally | undefined {
  if (categories === undefined) return undefined
  const { values, folded, rare = [] } = categories
  return {
    named: new Map(values.map(({ value, count }) => [value, count])),
    rare: new Map(rare.map(({ hash, count }) => [hash, count])),
    rest: {
      categories: folded.categories - rare.length,
      count: folded.count - sum(rare.map(({ count }) => count)),
    },
  }
}

/**
 * Both samples over the union of their categories. Where a profile only knows the sum of some categories, what the other side
 * names and this one does not is counted with them on both sides.
 */
export function countedCategories(reference: ColumnProfile, current: ColumnProfile): Counts {
  const before = tally(reference)
  const after = tally(current)
  if (before === undefined || after === undefined) {
    throw new Error(`Column ${reference.name}: the current profile counts no categories where the reference does`)
  }
  const counts: Counts = {
    of: 'category',
    labels: [],
    reference: [],
    current: [],
    added: [],
    addedMayBeRare: before.rest.count > 0,
    hidden: 0,
  }
  const together = {
    was: before.rest.count,
    is: after.rest.count,
    categories: before.rest.categories + after.rest.categories,
  }
  const add = (label: string, was: number | undefined, is: number | undefined) => {
    if ((was === undefined && before.rest.count > 0) || (is === undefined && after.rest.count > 0)) {
      together.was += was ?? 0
      together.is += is ?? 0
      together.categories++
      return
    }
    counts.labels.push(label)
    counts.reference.push(was ?? 0)
    counts.current.push(is ?? 0)
  }
  for (const category of [...new Set([...before.named.keys(), ...after.named.keys()])].sort()) {
    const hash = before.rare.size + after.rare.size > 0 ? rareCategoryHash(reference.name, category) : ''
    const was = taken(before, category, hash)
    const is = taken(after, category, hash)
    if (was === undefined && is !== undefined) counts.added.push({ category, count: is })
    add(category, was, is)
  }
  for (const hash of [...new Set([...before.rare.keys(), ...after.rare.keys()])].sort()) {
    add(`(rare category ${hash})`, before.rare.get(hash), after.rare.get(hash))
  }
  if (together.was + together.is > 0) {
    counts.labels.push(RARE)
    counts.reference.push(together.was)
    counts.current.push(together.is)
    counts.hidden = hiddenIn(together, sum(counts.reference), sum(counts.current))
  }
  counts.added.sort((a, b) => b.count - a.count || (a.category < b.category ? -1 : 1))
  return counts
}

/** The count of a category that the other side may name; it is found under its name or its hash once. */
function taken({ named, rare }: Tally, category: string, hash: string): number | undefined {
  const count = named.get(category) ?? rare.get(hash)
  if (!named.has(category)) rare.delete(hash)
  return count
}

/**
 * How many more cells the test would have if the categories that are counted together stood alone: as many as could expect 5
 * in the smaller sample.
 */
function hiddenIn(together: { was: number; is: number; categories: number }, n: number, m: number): number {
  const expected = ((together.was + together.is) * Math.min(n, m)) / (n + m)
  return Math.max(0, Math.min(together.categories, Math.floor(expected / 5)) - 1)
}

export interface Folded {
  reference: number[]
  current: number[]
  /** How many bins or categories were counted together. */
  folded: number
}

/**
 * The counts with every category whose expected count is under 5 in either sample folded into one. While that one is
 * itself under 5 it takes in the smallest other: the chi-square law is no better on a rare remainder than on a rare category.
 */
export function foldRare(counts: Pick<Counts, 'reference' | 'current'>): Folded {
  const n = sum(counts.reference)
  const m = sum(counts.current)
  const smallerShare = Math.min(n, m) / (n + m)
  const cells = counts.reference
    .map((was, i) => ({ was, is: counts.current[i]! }))
    .filter(({ was, is }) => was + is > 0)
    .sort((a, b) => a.was + a.is - (b.was + b.is))
  const rest = { was: 0, is: 0 }
  const isRare = (cell: { was: number; is: number }) => (cell.was + cell.is) * smallerShare < 5
  let folded = 0
  while (folded < cells.length && (isRare(cells[folded]!) || (folded > 0 && isRare(rest)))) {
    rest.was += cells[folded]!.was
    rest.is += cells[folded]!.is
    folded++
  }
  const kept = folded === 0 ? cells : [rest, ...cells.slice(folded)]
  return { reference: kept.map((c) => c.was), current: kept.map((c) => c.is), folded }
}

export function sum(counts: number[]): number {
  return counts.reduce((a, b) => a + b, 0)
}
