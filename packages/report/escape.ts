// Everything that has no glyph of its own or that turns the direction of the text around it: controls, format characters
// (zero-width, bidi), lone surrogates, line and paragraph separators, and what fonts draw as nothing. U+FE0F (emoji
// style) is left alone: it hides nothing.
const hidden = /(?!\uFE0F)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** The text on one line, with line ends, control, bidirectional and invisible characters as visible marks. */
export function visible(text: string): string {
  return text.replace(/\r\n|[\r\n]/g, '↵').replace(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code === 0x09) return '⇥'
    if (code < 0x20) return String.fromCodePoint(0x2400 + code)
    if (code === 0x7f) return '␡'
    return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`
  })
}

/** At most `length` characters, the last of them `…` where text was cut. */
export function clip(text: string, length: number): string {
  const characters = [...text.slice(0, length * 2 + 2)]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text of unknown origin as the content of an element or of a quoted attribute; one line, hidden characters visible. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (c) => entities[c] ?? c)
}

/**
 * Text of unknown origin as inline Markdown for GitHub, also inside a table's cell: no formatting, HTML, link, mention,
 * reference or formula comes from it, and it stays on one line.
 */
export function escapeMarkdown(text: string): string {
  const escaped = visible(text)
    .trim()
    .replace(/[&<>]/g, (c) => entities[c] ?? c)
    .replace(/[\\`*_[\]|~]/g, '\\$&')
  return unlinked(escaped)
    .replace(/^(?:#|[+-](?=\s|$)|[-=]+$)/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
}

/** The same for a line of HTML within Markdown, such as a summary, where a backslash escapes nothing. */
export function escapeSummary(text: string): string {
  return unlinked(escapeHtml(text.trim()))
}

// GitHub finds mentions and references in the rendered text, where a backslash or an entity no longer shows: only a
// character in between keeps `@name` and `#12` from becoming links and notifications.
const apart = '&#8203;'

function unlinked(escaped: string): string {
  return (
    escaped
      // First, for what is put in between holds a # itself; and not the # of an entity.
      .replace(/(?<!&)#(?=\d)/g, `#${apart}`)
      .replace(/@(?=[\w-])/g, `@${apart}`)
      .replace(/\b(GH)-(?=\d)/gi, `$1-${apart}`)
      .replace(/:\/\//g, `:${apart}//`)
      .replace(/\b(www)\./gi, `$1${apart}.`)
      .replace(/\$/g, '<span>$</span>')
  )
}

/** A name of unknown origin as inline code for GitHub's Markdown, also inside a table's cell. */
export function codeMarkdown(text: string): string {
  const shown = visible(text)
  if (shown.trim() === '') return '*(empty)*'
  if (!/[`|\\<>&]/.test(shown)) return `\`${shown}\``
  const encoded = shown.replace(/[^\p{L}\p{N} ]/gu, (c) => `&#${c.codePointAt(0)};`)
  return `<code>${encoded}</code>`
}

/** Text of unknown origin as a block of code, its lines as they are: nothing in it ends the block. */
export function blockMarkdown(text: string): string {
  const shown = text.split('\n').map(visible).join('\n')
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${shown}\n${fence}`
}

/** The address where it is one that a report may link to (http or https), else undefined. */
export function linkable(url: string): string | undefined {
  try {
    const { protocol, href } = new URL(url)
    return protocol === 'https:' || protocol === 'http:' ? href : undefined
  } catch {
    return undefined
  }
}
