import type { ColumnProfile } from '@mlops-actions/profile'
import type { Check } from '@mlops-actions/verdict'
import { valueText } from './distribution.ts'
import { isObject, jsonText, listAt, numberAt } from './evidence.ts'

/** How often one bin or category was seen on the two sides. */
export interface Change {
  label: string
  /** Shares of the rows with a value. */
  reference: number
  current: number
  /** A bin's ends: equal for a single value, infinite for the outer bins; absent for a category. */
  low?: number
  high?: number
}

/** Where a check's column moved: from both profiles where they share bins, else from its evidence. */
export function columnChanges(check: Check, reference?: ColumnProfile, current?: ColumnProfile): Change[] {
  const fromProfiles = changesOf(reference, current)
  return fromProfiles.length > 0 ? fromProfiles : evidencedChanges(check)
}

/** The largest changes that a check's evidence lists. */
export function evidencedChanges({ evidence }: Check): Change[] {
  return listAt(evidence, 'top_changes').flatMap((entry) => {
    if (!isObject(entry)) return []
    const before = numberAt(entry, 'reference_share')
    const after = numberAt(entry, 'current_share')
    const label = entry.category === undefined ? binWords(jsonText(entry.bin)) : jsonText(entry.category)
    return before === undefined || after === undefined ? [] : [{ label, reference: before, current: after }]
  })
}

/** `[3, 8)`, `< 3` and `>= 8` as people say it. */
function binWords(bin: string): string {
  return bin
    .replace(/^\[(.+), (.+)\)$/, '$1 to $2')
    .replace(/^< /, 'below ')
    .replace(/^>= (.+)$/, '$1 and above')
}

/** The changes that make out most of what moved: the largest, and others at least half as large, at most three. */
export function mostMoved(changes: Change[]): Change[] {
  const sorted = [...changes].sort((a, b) => movement(b) - movement(a))
  const top = movement(sorted[0] ?? { label: '', reference: 0, current: 0 })
  return top === 0 ? [] : sorted.slice(0, 3).filter((change) => movement(change) >= top / 2)
}

export function movement({ reference, current }: Change): number {
  return Math.abs(current - reference)
}

/** The shares of two profiles of one column, where both were counted in the same bins or as categories. */
export function changesOf(reference: ColumnProfile | undefined, current: ColumnProfile | undefined): Change[] {
  if (reference === undefined || current === undefined || reference.count === 0 || current.count === 0) return []
  if (reference.categories !== undefined && current.categories !== undefined) return categoryChanges(reference, current)
  if (reference.numbers === undefined || current.numbers === undefined) return []
  const { bins } = reference.numbers
  if (JSON.stringify(bins) !== JSON.stringify(current.numbers.bins)) return []
  const { points, edges } = bins
  const hidden = reference.sensitive || current.sensitive
  const text = (value: number) => valueText(reference, value)
  const before = reference.numbers.counts
  const after = current.numbers.counts
  const share = (counts: number[], i: number, of: ColumnProfile) => (counts[i] ?? 0) / of.count
  const places = [
    ...points.map((point) => ({ label: text(point), low: point, high: point })),
    ...Array.from({ length: edges.length + 1 }, (_, i) => ({
      label: intervalLabel(edges[i - 1], edges[i], text),
      low: edges[i - 1] ?? -Infinity,
      high: edges[i] ?? Infinity,
    })),
  ]
  return places
    .map((place, i) => ({
      ...place,
      reference: share(before, i, reference),
      current: share(after, i, current),
    }))
    .sort((a, b) => (a.low < b.low ? -1 : 1))
    .map((change, i, all) => (hidden ? { ...change, label: `bin ${i + 1} of ${all.length}` } : change))
    .filter((change) => change.reference > 0 || change.current > 0)
}

/** Categories one by one; those that a side's profile folds away, so that their counts there are not known, as one. */
function categoryChanges(reference: ColumnProfile, current: ColumnProfile): Change[] {
  const [before, after] = [reference, current].map(({ categories, count }) => ({
    count,
    folds: categories!.folded.count > 0,
    counts: new Map(categories!.values.map((c) => [c.value, c.count])),
  })) as [Side, Side]
  const known = (label: string) => [before, after].every(({ counts, folds }) => counts.has(label) || !folds)
  const changes = [...new Set([...before.counts.keys(), ...after.counts.keys()])].filter(known).map((label) => ({
    label,
    reference: (before.counts.get(label) ?? 0) / before.count,
    current: (after.counts.get(label) ?? 0) / after.count,
  }))
  const rest = {
    label: '(rare categories)',
    reference: 1 - changes.reduce((sum, change) => sum + change.reference, 0),
    current: 1 - changes.reduce((sum, change) => sum + change.current, 0),
  }
  return rest.reference > 1e-9 || rest.current > 1e-9 ? [...changes, rest] : changes
}

interface Side {
  count: number
  folds: boolean
  counts: Map<string, number>
}

function intervalLabel(low: number | undefined, high: number | undefined, text: (value: number) => string): string {
  if (low === undefined && high === undefined) return 'all other values'
  if (low === undefined) return `below ${text(high!)}`
  if (high === undefined) return `${text(low)} and above`
  return `${text(low)} to ${text(high)}`
}
