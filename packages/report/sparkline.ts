import { html, type Markup } from './markup.ts'
import { round } from './scale.ts'

const bars = '▁▂▃▄▅▆▇█'

/** Values as a row of bars in text, `top` (the largest) being the highest; a value that is not finite is a gap. */
export function sparkline(values: number[], top = Math.max(0, ...values.filter(Number.isFinite))): string {
  return values
    .map((v) => (Number.isFinite(v) ? bars[top === 0 ? 0 : Math.min(7, Math.max(0, Math.round((v / top) * 7)))] : ' '))
    .join('')
}

/** Shares as a small bar chart that stretches to the width it is given. */
export function barsSvg(title: string, shares: number[], height = 26): Markup {
  const top = Math.max(...shares, 0)
  const step = 100 / Math.max(1, shares.length)
  const rects = shares.map((share, i) => {
    const tall = top === 0 ? 0 : Math.max(share > 0 ? 1 : 0, (share / top) * (height - 1))
    if (tall === 0) return null
    return html`<rect x="${round(i * step + step * 0.08)}%" y="${round(height - tall)}" width="${round(step * 0.84)}%" height="${round(tall)}"/>`
  })
  return html`<svg class="bars" width="100%" height="${height}" role="img"><title>${title}</title><g fill="currentColor">${rects}</g></svg>`
}
