import { NotJudgeable } from './definition.ts'

/** Some 100 bytes each; a Map of JavaScript holds 2^24. */
const mostKept = 16_000_000

/** How many different values the expectations of a suite keep in memory, all together. */
export class KeptKeys {
  #left: number

  constructor(most = mostKept) {
    this.#left = most
  }

  /** A counter for one expectation, called for each value that it keeps; NotJudgeable where there is no room left, and its own is given back. */
  open(): () => void {
    let own = 0
    return () => {
      if (this.#left === 0) {
        this.#left += own
        throw new NotJudgeable(
          'This needs more different values in memory than there is room for (16,000,000 in all expectations together). Have the database or the step that makes the data see to it',
        )
      }
      this.#left--
      own++
    }
  }
}
