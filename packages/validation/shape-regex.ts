import type { Shape } from '@mlops-actions/profile'

const classes: Record<string, string> = { A: '[A-Z]', a: '[a-z]', '9': '[0-9]' }

/** A regular expression, in Python's words too, that matches the whole of texts of these shapes. */
export function shapeRegex(shapes: Shape[]): string {
  const [first, ...others] = shapes.map(({ symbols, runs }) =>
    [...symbols].map((symbol, i) => (classes[symbol] ?? escaped(symbol)) + times(runs[i]!)).join(''),
  )
  return others.length === 0 ? `^${first}$` : `^(?:${[first, ...others].join('|')})$`
}

/** A run of one length has that length; one that varies may vary further. */
function times([least, most]: [number, number]): string {
  if (least !== most) return '+'
  return least === 1 ? '' : `{${least}}`
}

function escaped(symbol: string): string {
  return /[\\^$.|?*+()[\]{}/-]/.test(symbol) ? `\\${symbol}` : symbol
}
