/** How a cell was written. */
export const plain = 0
export const quoted = 1
/** In quotes, with doubled quotes inside that stand for one. */
export const escaped = 2
/** A JSON string, which is never a number. */
export const string = 3
/** A JSON string with backslashes inside. */
export const escapedString = 4
