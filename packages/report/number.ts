/** A figure for people: four significant digits, thousands grouped; never `NaN`. */
export function number(value: number): string {
  if (Number.isNaN(value)) return 'not a number'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  if (Object.is(value, -0)) return '0'
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e15) return value.toLocaleString('en-US')
  if (size >= 1e9 || size < 1e-4)
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e')
  return Number(value.toPrecision(size >= 1e4 ? 6 : 4)).toLocaleString('en-US', { maximumFractionDigits: 8 })
}

/** A difference: with its sign, also when positive. */
export function signed(value: number): string {
  return value > 0 ? `+${number(value)}` : number(value)
}

/** A share from 0 to 1 as a percentage with one decimal. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return number(share)
  const value = share * 100
  if (value > 0 && value < 0.1) return '< 0.1\u00a0%'
  if (value > 99.9 && value < 100) return '> 99.9\u00a0%'
  return `${Number(value.toFixed(1))}\u00a0%`
}

/** A p-value: `< 0.001` below that. */
export function pValue(p: number): string {
  return p < 0.001 ? '< 0.001' : String(Number(p.toPrecision(2)))
}

/** Bytes in decimal units, as GitHub shows them. */
export function bytes(size: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = size
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return unit === 0 ? `${number(value)} bytes` : `${Number(value.toPrecision(3))} ${units[unit]}`
}

/** The time between two ISO 8601 moments, e.g. `3 min 12 s`; undefined where that is not known. */
export function duration(start: string, end: string): string | undefined {
  const milliseconds = Date.parse(end) - Date.parse(start)
  if (!(milliseconds >= 0)) return undefined
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `1 check`, `2 checks`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`
}

/** An ISO 8601 moment in UTC to the minute; any other text as it stands. */
export function moment(text: string): string {
  const [, day, minute] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z$/.exec(text) ?? []
  return day === undefined ? text : `${day} ${minute} UTC`
}
