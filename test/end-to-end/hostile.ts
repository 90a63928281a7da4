// Reading a report as a browser and as GitHub would, to see whether text from data became anything but text.

/** Element names and attribute names of an HTML page, each once: `img`, `img[onerror]`. Follows HTML's tokenizer. */
export function vocabularyOf(page: string): Set<string> {
  const found = new Set<string>()
  let at = 0
  while (at < page.length) {
    const open = page.indexOf('<', at)
    if (open < 0) break
    const comment = page.startsWith('<!--', open)
    if (comment || /^<[!?]/.test(page.slice(open, open + 2))) {
      const end = comment ? page.indexOf('-->', open + 4) : page.indexOf('>', open)
      at = end < 0 ? page.length : end + 1
      continue
    }
    const tag = /^<\/?([a-zA-Z][^\s/>]*)/.exec(page.slice(open, open + 200))
    if (!tag) {
      at = open + 1
      continue
    }
    const name = tag[1]!.toLowerCase()
    found.add(name)
    at = open + tag[0].length
    at = attributes(page, at, (attribute) => found.add(`${name}[${attribute}]`))
    if (!tag[0].startsWith('</') && ['style', 'script', 'title', 'textarea'].includes(name)) {
      const close = page.toLowerCase().indexOf(`</${name}`, at)
      at = close < 0 ? page.length : close
    }
  }
  return found
}

/** Reads attributes up to the `>` that ends the tag, and gives the place behind it. */
function attributes(page: string, start: number, each: (name: string) => void): number {
  const token = /\s+|\/|>|([^\s/>=]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?/y
  token.lastIndex = start
  for (;;) {
    const match = token.exec(page)
    if (!match) return page.length
    if (match[0] === '>') return token.lastIndex
    if (match[1] !== undefined) each(match[1].toLowerCase())
  }
}

/** The number of cells of each row of each table in GitHub's Markdown; the first two are a table's head. */
export function tablesOf(markdown: string): number[][] {
  const tables: number[][] = []
  let inside = false
  const lines = markdown.split('\n')
  for (const [i, line] of lines.entries()) {
    const row = line.startsWith('|')
    if (!inside && row && /^\|( *:?-+:? *\|)+$/.test(lines[i + 1] ?? '')) tables.push([])
    inside = row
    if (row) tables.at(-1)?.push(cells(line))
  }
  return tables
}

/** GitHub splits at every pipe without a backslash, whether it stands in code or not. */
function cells(line: string): number {
  return line
    .trim()
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split(/(?<!\\)\|/).length
}

/** What GitHub would notify or link: mentions and issue references in the text that a reader sees, outside code. */
export function mentionsIn(markdown: string): string[] {
  const text = markdown
    .replace(/```[\s\S]*?```/g, ' ')
    .replace(/(`+)[\s\S]*?\1/g, ' ')
    .replace(/<(code|pre)>[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
  return [...text.matchAll(/(?<![\w/.])@[a-z\d][\w-]*|(?<![\w&])#\d+|\bhttps?:\/\/(?!github\.com\/acme\/)\S+/gi)].map(
    ([found]) => found,
  )
}
