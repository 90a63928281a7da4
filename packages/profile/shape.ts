/** More shapes than these say nothing of a column. */
const mostShapes = 20
const longestText = 64
const mostRuns = 16

/** What texts look like: `AA-9999` is two capitals, a hyphen, four digits. */
export interface Shape {
  /** A symbol a run: `A` capitals, `a` small letters, `9` digits, any other ASCII character itself. */
  symbols: string
  /** The least and greatest length of each run. */
  runs: [least: number, most: number][]
  /** Rows. */
  count: number
}

/** The shapes of both, most frequent first; undefined where one is too varied or both together are. */
export function mergeShapes(a: Shape[] | undefined, b: Shape[] | undefined): Shape[] | undefined {
  if (a === undefined || b === undefined) return undefined
  const merged = new Map(a.map((shape) => [shape.symbols, shape]))
  for (const shape of b) {
    const known = merged.get(shape.symbols)
    merged.set(shape.symbols, known === undefined ? shape : widened(known, shape))
  }
  return merged.size > mostShapes ? undefined : [...merged.values()].sort(byCount)
}

function widened(known: Shape, { runs, count }: Shape): Shape {
  const both = known.runs.map(([least, most], i): [number, number] => [
    Math.min(least, runs[i]![0]),
    Math.max(most, runs[i]![1]),
  ])
  return { symbols: known.symbols, runs: both, count: known.count + count }
}

function byCount(a: Shape, b: Shape): number {
  return b.count - a.count || (a.symbols < b.symbols ? -1 : 1)
}

/** Counts the shapes of the texts of a column. */
export class ShapeCounter {
  #shapes: Map<string, Shape> | undefined = new Map()
  /** The shape last counted: most often the next one, too. */
  #last: Shape | undefined
  readonly #symbols = new Uint8Array(mostRuns)
  readonly #lengths = new Uint8Array(mostRuns)

  add(text: string, count: number): void {
    if (this.#shapes === undefined) return
    const runs = this.#read(text)
    if (runs === undefined) {
      this.#shapes = undefined
      return
    }
    const known = this.#isLast(runs) ? this.#last : this.#shapes.get(this.#written(runs))
    if (known === undefined) this.#begin(runs, count)
    else this.#widen(known, count)
  }

  /** Most frequent first; undefined where they are too varied. */
  shapes(): Shape[] | undefined {
    return this.#shapes && [...this.#shapes.values()].sort(byCount)
  }

  /** Takes a text apart; gives the number of its runs, undefined for a long one and for one beyond ASCII. */
  #read(text: string): number | undefined {
    if (text.length > longestText) return undefined
    let runs = 0
    let before = 0
    for (let i = 0; i < text.length; i++) {
      const symbol = symbols[text.charCodeAt(i)] ?? 0
      if (symbol === before) this.#lengths[runs - 1]!++
      else {
        if (symbol === 0 || runs === mostRuns) return undefined
        this.#symbols[runs] = symbol
        this.#lengths[runs++] = 1
        before = symbol
      }
    }
    return runs
  }

  #isLast(runs: number): boolean {
    if (this.#last?.symbols.length !== runs) return false
    for (let i = 0; i < runs; i++) if (this.#last.symbols.charCodeAt(i) !== this.#symbols[i]) return false
    return true
  }

  #written(runs: number): string {
    return String.fromCharCode(...this.#symbols.subarray(0, runs))
  }

  #begin(runs: number, count: number): void {
    const lengths = Array.from(this.#lengths.subarray(0, runs), (length): [number, number] => [length, length])
    this.#last = { symbols: this.#written(runs), runs: lengths, count }
    this.#shapes!.set(this.#last.symbols, this.#last)
    if (this.#shapes!.size > mostShapes) this.#shapes = undefined
  }

  #widen(known: Shape, count: number): void {
    known.count += count
    known.runs.forEach((run, i) => {
      const length = this.#lengths[i]!
      if (length < run[0]) run[0] = length
      if (length > run[1]) run[1] = length
    })
    this.#last = known
  }
}

/** The symbol of an ASCII character, as its code; 0 for what cannot be printed. */
const symbols = Uint8Array.from({ length: 128 }, (_, unit) => {
  if (unit >= 97 && unit <= 122) return 97
  if (unit >= 65 && unit <= 90) return 65
  if (unit >= 48 && unit <= 57) return 57
  return unit >= 32 && unit < 127 ? unit : 0
})

/** As people write it: `AA-9999`, and `a…` for a run of varying length. */
export function shapeText({ symbols, runs }: Shape): string {
  return [...symbols]
    .map((symbol, i) => (runs[i]![0] === runs[i]![1] ? symbol.repeat(runs[i]![0]) : `${symbol}…`))
    .join('')
}
