import type { CheckStatus } from '@mlops-actions/verdict'
import { html, type Markup } from './markup.ts'

const shapes: Record<CheckStatus, Markup> = {
  passed: html`<circle cx="8" cy="8" r="8" fill="currentColor"/><path d="M4.6 8.3l2.3 2.3 4.5-4.9"/>`,
  failed: html`<circle cx="8" cy="8" r="8" fill="currentColor"/><path d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"/>`,
  warned: html`<path class="solid" d="M8 .8L15.6 14.6H.4z"/><path d="M8 5.6v4M8 12.1v.1"/>`,
  skipped: html`<circle cx="8" cy="8" r="8" fill="currentColor"/><path d="M4.9 8h6.2"/>`,
  errored: html`<path class="solid" d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z"/><path d="M8 4.2v4.6M8 11.4v.1"/>`,
}

/** The mark of a status: a shape of its own for each, so that colour is never needed to tell them apart. */
export function mark(status: CheckStatus): Markup {
  return html`<svg class="mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${shapes[status]}</svg>`
}

/** The mark with its word. */
export function statusLabel(status: CheckStatus): Markup {
  return html`<span class="status is-${status}">${mark(status)}${status}</span>`
}

/** The mark alone, named for those who cannot see it. */
export function statusMark(status: CheckStatus): Markup {
  return html`<span class="status is-${status}" role="img" aria-label="${status}" title="${status}">${mark(status)}</span>`
}
