/** A linear scale over [low, high], placed in percent of the drawing's width. */
export interface Scale {
  low: number
  high: number
  /** `12.5%`; values outside are drawn at the edge. */
  at(value: number): string
  /** The distance between two values, never negative. */
  width(from: number, to: number): string
  /** About `count` round values within the scale. */
  ticks(count: number): number[]
}

/** A scale that shows all values; a span of nothing is widened to `leastSpan` around its middle. */
export function scaleOver(values: number[], { pad = 0.06, leastSpan = 0, within = [-Infinity, Infinity] } = {}): Scale {
  const finite = values.filter((v) => Number.isFinite(v))
  let low = Math.min(...finite)
  let high = Math.max(...finite)
  if (finite.length === 0) [low, high] = [0, 1]
  const least = leastSpan || (high === 0 ? 1 : Math.max(Math.abs(high) * 0.1, 1e-12))
  if (high - low < least) {
    const middle = (low + high) / 2
    low = middle - least / 2
    high = middle + least / 2
  }
  const margin = (high - low) * pad
  return scale(Math.max(low - margin, within[0] ?? -Infinity), Math.min(high + margin, within[1] ?? Infinity))
}

export function scale(low: number, high: number): Scale {
  const place = (value: number) => Math.min(1, Math.max(0, (value - low) / (high - low))) * 100
  return {
    low,
    high,
    at: (value) => `${round(place(value))}%`,
    width: (from, to) => `${round(Math.abs(place(to) - place(from)))}%`,
    ticks: (count) => {
      const rough = (high - low) / Math.max(1, count)
      const power = 10 ** Math.floor(Math.log10(rough))
      const step = power * ([1, 2, 2.5, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10)
      const first = Math.ceil(low / step - 1e-9)
      const last = Math.floor(high / step + 1e-9)
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
        Number(((first + i) * step).toPrecision(12)),
      )
    },
  }
}

/** Two decimals are a fiftieth of a pixel here, and keep the file small. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
