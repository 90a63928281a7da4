import { type Bins, type ColumnProfile, countIn, type NumberProfile, Ranked } from '@mlops-actions/profile'

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
}

const NO_CATEGORIES = { added: [], addedMayBeRare: false }

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
  return { of: 'bin', labels: binLabels(ours!.bins), reference: ours!.counts, current: counts, ...NO_CATEGORIES }
}

function countsIn(bins: Bins, { bins: own, counts, distribution }: NumberProfile): number[] | undefined {
  if (sameBins(bins, own)) return counts
  return distribution && countIn(bins, new Ranked(distribution))
}

function sameBins(a: Bins, b: Bins): boolean {
  const same = (x: number[], y: number[]) => x.length === y.length && x.every((v, i) => Object.is(v, y[i]))
  return same(a.points, b.points) && same(a.edges, b.edges)
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

/**
 * Both samples over the union of their categories. A profile that folded its rare categories no longer tells them
 * apart, so what the other side names and this one does not is counted as rare on both sides.
 */
export function countedCategories(reference: ColumnProfile, current: ColumnProfile): Counts {
  const ours = reference.categories
  const theirs = current.categories
  if (ours === undefined || theirs === undefined) {
    throw new Error(`Column ${reference.name}: the current profile counts no categories where the reference does`)
  }
  const before = new Map(ours.values.map(({ value, count }) => [value, count]))
  const after = new Map(theirs.values.map(({ value, count }) => [value, count]))
  const counts: Counts = {
    of: 'category',
    labels: [],
    reference: [],
    current: [],
    added: [],
    addedMayBeRare: ours.folded.count > 0,
  }
  const rare = { reference: ours.folded.count, current: theirs.folded.count }
  for (const category of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const was = before.get(category)
    const is = after.get(category)
    if (was === undefined) counts.added.push({ category, count: is! })
    if ((was === undefined && rare.reference > 0) || (is === undefined && rare.current > 0)) {
      rare.reference += was ?? 0
      rare.current += is ?? 0
      continue
    }
    counts.labels.push(category)
    counts.reference.push(was ?? 0)
    counts.current.push(is ?? 0)
  }
  if (rare.reference + rare.current > 0) {
    counts.labels.push(RARE)
    counts.reference.push(rare.reference)
    counts.current.push(rare.current)
  }
  counts.added.sort((a, b) => b.count - a.count || (a.category < b.category ? -1 : 1))
  return counts
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
