import type { Json } from '@mlops-actions/verdict'
import type { Context } from './definition.ts'
import { FirstSeen } from './first-seen.ts'
import { type Counts, listed } from './row-wise.ts'

/** Rows that hold the same, each member of a group, the first one too. The distinct keys stay in memory. */
export class Repeats<Key> {
  readonly counts: Counts = { elements: 0, missing: 0, unexpected: 0, values: [], places: [] }
  readonly #first = new FirstSeen<Key>()
  readonly #repeated = new Set<Key>()
  readonly #keep: () => void
  /** The first ones, in order. */
  #offenders: { place: number; value: Json }[] = []

  constructor({ kept }: Pick<Context, 'kept'>) {
    this.#keep = kept.open()
  }

  /** `show`: the row of a key as evidence shows it; rows of the same key are shown alike. */
  add(key: Key, place: number, show: (key: Key) => Json): void {
    const earlier = this.#first.see(key, place)
    if (earlier === undefined) {
      this.#keep()
      return
    }
    if (!this.#repeated.has(key)) {
      this.#repeated.add(key)
      this.#offend(earlier, key, show)
    }
    this.#offend(place, key, show)
  }

  #offend(place: number, key: Key, show: (key: Key) => Json): void {
    this.counts.unexpected++
    if (this.#offenders.length === listed && place > this.#offenders.at(-1)!.place) return
    this.#offenders = [...this.#offenders, { place, value: show(key) }]
      .sort((a, b) => a.place - b.place)
      .slice(0, listed)
  }

  /** What was found, with the first of the repeated rows. */
  found(): Counts {
    const values = this.#offenders.map(({ value }) => value)
    return { ...this.counts, values, places: this.#offenders.map(({ place }) => place) }
  }
}
