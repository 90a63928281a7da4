import { barText, type ColumnShape } from './column-shape.ts'
import { html, type Markup } from './markup.ts'
import { round } from './scale.ts'

const blocks = '▁▂▃▄▅▆▇█'

/** Values as a row of bars in text, `top` (the largest) being the highest; a value that is not finite is a gap. */
export function sparkline(values: number[], top = Math.max(0, ...values.filter(Number.isFinite))): string {
  return values
    .map((v) =>
      Number.isFinite(v) ? blocks[top === 0 ? 0 : Math.min(7, Math.max(0, Math.round((v / top) * 7)))] : ' ',
    )
    .join('')
}

/** A column's shape as a small bar chart that stretches to the width it is given. */
export function barsSvg({ title, detail, bars }: ColumnShape, height = 26): Markup {
  const top = Math.max(...bars.map(({ share }) => share), 0)
  // A few bars stay slim, so that they look like a chart.
  const step = 100 / Math.max(6, bars.length)
  const rects = bars.map((bar, i) => {
    const { share } = bar
    const tall = top === 0 ? 0 : Math.max(share > 0 ? 1 : 0, (share / top) * (height - 1))
    if (tall === 0) return null
    return html`<rect x="${round(i * step + step * 0.08)}%" y="${round(height - tall)}" width="${round(step * 0.84)}%" height="${round(tall)}"><title>${barText(bar)}</title></rect>`
  })
  return html`<svg class="bars" width="100%" height="${height}" role="img"><title>${title}</title><desc>${detail}</desc><g fill="currentColor">${rects}</g></svg>`
}
