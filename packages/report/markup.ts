import { escapeHtml } from './escape.ts'

/** HTML or SVG that is safe to place into a page as it stands. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Content = Markup | string | number | null | undefined | false | Content[]

/** HTML by template: every text that is put in is escaped, markup is kept, null and false are nothing. */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Markup {
  let text = strings[0] ?? ''
  contents.forEach((content, i) => {
    text += render(content) + (strings[i + 1] ?? '')
  })
  return new Markup(text)
}

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return ''
  if (content instanceof Markup) return content.text
  if (Array.isArray(content)) return content.map(render).join('')
  return escapeHtml(String(content))
}
