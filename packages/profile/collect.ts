import { type Column, textAt } from '@mlops-actions/table'

/** A column's numbers over the batches of a table, without nulls. 64-bit integers become the nearest double. */
export class Numbers {
  readonly #values: Float64Array
  #count = 0

  constructor(count: number) {
    this.#values = new Float64Array(count)
  }

  add(column: Column): void {
    if (column.type === 'text') throw new TypeError(`${column.name} is text`)
    const { nulls } = column
    const from = column.type === 'integer64' ? Float64Array.from(column.values, Number) : column.values
    let count = this.#count
    for (let row = 0; row < nulls.length; row++) if (nulls[row] === 0) this.#values[count++] = from[row]!
    this.#count = count
  }

  sorted(): Float64Array {
    return this.#values.sort()
  }
}

/** How often each text of a column was seen over the batches of a table. */
export class Words {
  /** Counts by code, in the dictionary of the batch last seen. */
  #codes: number[] = []
  #dictionary: string[] = []
  readonly #counts = new Map<string, number>()

  add(column: Column): void {
    if (column.type === 'text') {
      if (column.dictionary !== this.#dictionary) this.#fold()
      this.#dictionary = column.dictionary
      while (this.#codes.length < column.dictionary.length) this.#codes.push(0)
      for (const code of column.codes) if (code >= 0) this.#codes[code]!++
      return
    }
    for (let row = 0; row < column.nulls.length; row++) {
      const word = textAt(column, row)
      if (word !== null) this.#count(word, 1)
    }
  }

  counts(): [word: string, count: number][] {
    this.#fold()
    return [...this.#counts]
  }

  #fold(): void {
    this.#codes.forEach((count, code) => {
      this.#count(this.#dictionary[code]!, count)
    })
    this.#codes = []
  }

  #count(word: string, count: number): void {
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + count)
  }
}
