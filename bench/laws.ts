import {
  type ColumnProfile,
  countSorted,
  numberProfile,
  type Profile,
  parseProfile,
  profileTable,
  type Sample,
  serialiseProfile,
  sketchOf,
} from '@mlops-actions/profile'
import { randomStream } from '@mlops-actions/statistics'
import type { Column, Table } from '@mlops-actions/table'

/** The sizes of either side in the benches of the drift check. */
export const sizes = [50, 100, 200, 500, 1000, 10_000, 100_000]
/** How many categories a column has there. */
export const categoryNumbers = [2, 5, 10, 50, 100]

/** What was drawn of one column: values in the order they came, or how often each category was seen. */
export type Drawn = ({ values: Float64Array } | { counts: number[] }) & { nulls?: number }

/** What a column is drawn from. `shifted` is the same law after a planted drift. */
export interface Law {
  name: string
  draw(rows: number, random: Random): Drawn
  /** Numbers moved by so many standard deviations; of categories, such a share of all rows moved from the first to the last. */
  shifted(by: number): Law
}

/** Numbers in (0, 1), the same from the same seed. */
export type Random = () => number

/** A stream of its own for every dataset: its seed is hashed from the bench's seed and the dataset's place in the grid. */
export function randomOf(seed: number, ...place: number[]): Random {
  let hash = seed | 0
  for (const part of place) {
    hash = Math.imul(hash ^ part ^ 0x9e3779b9, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  const next = randomStream(hash >>> 0)
  // 53 bits: with 32, a hundred thousand numbers would have ties. Never 0, whose logarithm is infinite.
  return () => ((next() >>> 5) * 67_108_864 + (next() >>> 6) + 0.5) / 9_007_199_254_740_992
}

function numbers(name: string, deviation: number, one: (random: Random) => number, round = (x: number) => x): Law {
  const at = (by: number): Law => ({
    name: by === 0 ? name : `${name} + ${by} sd`,
    draw(rows, random) {
      const values = new Float64Array(rows)
      for (let row = 0; row < rows; row++) values[row] = round(one(random) + by * deviation)
      return { values }
    },
    shifted: at,
  })
  return at(0)
}

/** G. Box and M. Muller, A note on the generation of random normal deviates (1958). */
const normal = (random: Random) => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
const cents = (x: number) => Math.round(100 * x) / 100

/** Six shapes of numbers: without ties and with many, light tails and heavy, and one value that most rows hold. */
export const numericLaws: Law[] = [
  numbers('normal', 1, normal),
  // Of exp(z): sqrt((e - 1) e).
  numbers('lognormal', 2.161, (random) => Math.exp(normal(random))),
  numbers('t, 3 degrees', Math.sqrt(3), (random) => {
    // Chi-square of three: two of its squares are together exponential.
    const spread = normal(random) ** 2 - 2 * Math.log(random())
    return normal(random) / Math.sqrt(spread / 3)
  }),
  numbers('uniform', Math.sqrt(1 / 12), (random) => random()),
  numbers('integers', 8, (random) => 50 + 8 * normal(random), Math.round),
  // Six in ten are 0, the others exponential to the cent: variance 2 * 0.4 - 0.4².
  numbers('zeros and cents', 0.8, (random) => (random() < 0.6 ? 0 : -Math.log(random())), cents),
]

function categories(name: string, shares: number[]): Law {
  const table = aliasTable(shares)
  return {
    name,
    draw(rows, random) {
      const counts = new Array<number>(shares.length).fill(0)
      for (let row = 0; row < rows; row++) counts[table(random())]!++
      return { counts }
    },
    shifted(by) {
      const moved = Math.min(by, shares[0]!)
      return categories(
        `${name}, ${by} moved`,
        shares.map((share, i) => share + (i === shares.length - 1 ? moved : 0) - (i === 0 ? moved : 0)),
      )
    },
  }
}

/** A category for a number in (0, 1), in constant time: M. Vose, A linear algorithm for generating random numbers (1991). */
function aliasTable(shares: number[]): (u: number) => number {
  const k = shares.length
  const height = shares.map((share) => share * k)
  const alias = shares.map((_, i) => i)
  const low = alias.filter((i) => height[i]! < 1)
  const high = alias.filter((i) => height[i]! >= 1)
  while (low.length > 0 && high.length > 0) {
    const small = low.pop()!
    const large = high.at(-1)!
    alias[small] = large
    height[large]! -= 1 - height[small]!
    if (height[large]! < 1) low.push(high.pop()!)
  }
  for (const i of [...low, ...high]) height[i] = 1
  return (u) => {
    const at = Math.min(k - 1, Math.floor(u * k))
    return u * k - at < height[at]! ? at : alias[at]!
  }
}

/** Of each number of categories two laws: all alike, and shares that fall as 1 / rank. */
export const categoryLaws: Law[] = categoryNumbers.flatMap((k) => {
  const ranks = Array.from({ length: k }, (_, i) => i + 1)
  const harmonic = ranks.reduce((sum, rank) => sum + 1 / rank, 0)
  return [
    categories(
      `${k} categories`,
      ranks.map(() => 1 / k),
    ),
    categories(
      `${k} categories, skewed`,
      ranks.map((rank) => 1 / rank / harmonic),
    ),
  ]
})

/** The column without so many of its values: each row is null with this chance. */
export function withNulls(law: Law, share: number): Law {
  return {
    name: `${law.name}, ${100 * share} % null`,
    draw(rows, random) {
      let nulls = 0
      for (let row = 0; row < rows; row++) if (random() < share) nulls++
      return { ...law.draw(rows - nulls, random), nulls }
    },
    shifted: (by) => withNulls(law.shifted(by), share),
  }
}

/** Each law on its own: six shapes of numbers, ten laws of categories. */
export const singleLaws: Law[] = [...numericLaws, ...categoryLaws]

/** Twenty columns as a table has them: one of each law, and four with nulls. */
export const mixedLaws: Law[] = [
  ...singleLaws,
  withNulls(numericLaws[0]!, 0.1),
  withNulls(numericLaws[4]!, 0.02),
  withNulls(categoryLaws[0]!, 0.3),
  withNulls(categoryLaws[5]!, 0.05),
]

const nameOf = (column: number) => `c${column}`
const categoryOf = (index: number) => `k${index}`

/** The drawn columns as `sampleTable` would give them, with their exact values; beside a reference counted in its bins. */
export function sampleOf(drawn: Drawn[], reference?: Sample): Sample & { values: Record<string, Float64Array> } {
  const values: Record<string, Float64Array> = {}
  const columns = drawn.map((column, i): ColumnProfile => {
    const name = nameOf(i)
    const nulls = column.nulls ?? 0
    if ('counts' in column) {
      const listed = column.counts
        .map((count, index) => ({ value: categoryOf(index), count }))
        .filter(({ count }) => count > 0)
        .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      const count = listed.reduce((sum, category) => sum + category.count, 0)
      const distinct = { count: listed.length, exact: true }
      const none = { categories: 0, count: 0 }
      return {
        name,
        type: 'text',
        kind: 'categorical',
        count,
        nulls,
        distinct,
        categories: { values: listed, folded: none },
      }
    }
    const sorted = column.values.slice().sort()
    values[name] = sorted
    const counted = countSorted(sorted)
    const bins = reference?.profile.columns[i]?.numbers?.bins
    return {
      ...{ name, type: 'number', kind: 'numeric', count: sorted.length, nulls },
      distinct: { count: counted.values.length, exact: true },
      ...(sorted.length === 0 ? {} : { numbers: numberProfile(sketchOf(counted, Number.POSITIVE_INFINITY), bins) }),
    }
  })
  return { profile: { schema: 'mlops-actions/profile@1', rows: rowsOf(drawn[0]!), columns }, values }
}

/** The drawn columns as a version keeps them: profiled in one pass, stored, and read back. */
export async function storedProfileOf(drawn: Drawn[], minCategoryCount?: number): Promise<Profile> {
  const options = minCategoryCount === undefined ? {} : { minCategoryCount }
  return parseProfile(serialiseProfile(await profileTable(tableOf(drawn)), options), 'reference.profile.json')
}

/** The drawn columns as a table of one batch; nulls stand at its end. */
function tableOf(drawn: Drawn[]): Table {
  const rows = rowsOf(drawn[0]!)
  const columns = drawn.map((column, i): Column => {
    const name = nameOf(i)
    const nulls = new Uint8Array(rows)
    nulls.fill(1, rows - (column.nulls ?? 0))
    if ('counts' in column) {
      const codes = new Int32Array(rows).fill(-1)
      let at = 0
      column.counts.forEach((count, code) => {
        codes.fill(code, at, at + count)
        at += count
      })
      return { name, nulls, type: 'text', codes, dictionary: column.counts.map((_, index) => categoryOf(index)) }
    }
    const values = new Float64Array(rows)
    values.set(column.values)
    return { name, nulls, type: 'number', values }
  })
  return {
    schema: columns.map(({ name, type }, i) => ({ name, type, nulls: drawn[i]!.nulls ?? 0 })),
    rows,
    async *batches() {
      yield { start: 0, rows, columns, lines: new Uint32Array(0), source: 0 }
    },
  }
}

/** Rows with a value and without. */
export function rowsOf(column: Drawn): number {
  const values = 'counts' in column ? column.counts.reduce((a, b) => a + b, 0) : column.values.length
  return values + (column.nulls ?? 0)
}
