import type { Json } from '@mlops-actions/verdict'
import type { Context } from './definition.ts'
import { type Counts, listed } from './row-wise.ts'

/** Rows in order: the source's index and the line in one number. */
const placeOf = (source: number, line: number) => source * 2 ** 32 + line
const lineOf = (place: number) => place % 2 ** 32

/** Rows that hold the same, each member of a group, the first one too. The distinct keys stay in memory. */
export class Repeats<Key> {
  readonly counts: Counts = { elements: 0, missing: 0, unexpected: 0, values: [], lines: [] }
  readonly #first = new Map<Key, number>()
  readonly #repeated = new Set<Key>()
  readonly #keep: () => void
  /** The first ones, in order. */
  #offenders: { place: number; value: Json }[] = []

  constructor({ kept }: Pick<Context, 'kept'>) {
    this.#keep = kept.open()
  }

  /** `show`: a row as evidence shows it; rows of the same key are shown alike. */
  add(key: Key, source: number, line: number, show: () => Json): void {
    const place = placeOf(source, line)
    const earlier = this.#first.get(key)
    if (earlier === undefined) {
      this.#keep()
      this.#first.set(key, place)
      return
    }
    if (!this.#repeated.has(key)) {
      this.#repeated.add(key)
      this.#offend(earlier, show)
    }
    this.#offend(place, show)
  }

  #offend(place: number, show: () => Json): void {
    this.counts.unexpected++
    if (this.#offenders.length === listed && place > this.#offenders.at(-1)!.place) return
    this.#offenders = [...this.#offenders, { place, value: show() }].sort((a, b) => a.place - b.place).slice(0, listed)
  }

  /** What was found, with the first of the repeated rows. */
  found(): Counts {
    const values = this.#offenders.map(({ value }) => value)
    return { ...this.counts, values, lines: this.#offenders.map(({ place }) => lineOf(place)) }
  }
}
