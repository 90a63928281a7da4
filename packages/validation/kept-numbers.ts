/** Numbers that are kept until all have been seen: eight bytes each. */
export class KeptNumbers {
  #values = new Float64Array(1024)
  #count = 0

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(2 * this.#count)
      grown.set(this.#values)
      this.#values = grown
    }
    this.#values[this.#count++] = value
  }

  /** In the order in which they came. */
  all(): Float64Array {
    return this.#values.subarray(0, this.#count)
  }

  sorted(): Float64Array {
    return this.all().slice().sort()
  }
}
