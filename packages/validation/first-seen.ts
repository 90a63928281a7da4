import { KeptNumbers } from './kept-numbers.ts'

/**
 * The place at which each key was first seen. Numbers that come in ascending order, as most identifiers do, take sixteen
 * bytes each; all other keys stand in a map.
 */
export class FirstSeen<Key> {
  readonly #ascending = new KeptNumbers()
  readonly #places = new KeptNumbers()
  readonly #others = new Map<Key, number>()
  #last = Number.NEGATIVE_INFINITY

  /** The place of a key that was seen before; otherwise undefined, and the key is seen from now on. */
  see(key: Key, place: number): number | undefined {
    if (typeof key === 'number' && key > this.#last) {
      // A number that the map holds was less than an earlier one, and so less than the last.
      this.#last = key
      this.#ascending.add(key)
      this.#places.add(place)
      return undefined
    }
    const earlier = (typeof key === 'number' ? this.#ascendingPlace(key) : undefined) ?? this.#others.get(key)
    if (earlier === undefined) this.#others.set(key, place)
    return earlier
  }

  #ascendingPlace(key: number): number | undefined {
    const numbers = this.#ascending.all()
    let low = 0
    let high = numbers.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (numbers[middle]! < key) low = middle + 1
      else high = middle
    }
    return numbers[low] === key ? this.#places.all()[low] : undefined
  }
}
