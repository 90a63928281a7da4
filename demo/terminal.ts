// What the demo says while it runs: colour on a terminal, plain lines elsewhere.

const colour = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)

const bold = (text: string) => paint(1, text)
const dim = (text: string) => paint(2, text)

const verdictColours: Record<string, number> = { passed: 32, warned: 33, failed: 31, error: 31 }

export function chapter(title: string): void {
  console.log(`\n${bold(title)}`)
}

/** One line for a step: what it was, its verdict, how long it took, and what there is to say of it. */
export function stepLine(name: string, verdict: string, milliseconds: number, said = ''): void {
  const seconds = `${(milliseconds / 1000).toFixed(1)} s`.padStart(7)
  const state = paint(verdictColours[verdict] ?? 36, verdict.padEnd(7))
  console.log(`  ${name.padEnd(26)} ${state} ${dim(seconds)}  ${said}`)
}

export function say(text: string): void {
  console.log(`  ${text}`)
}

/** A table with a header, columns as wide as their widest cell. */
export function table(header: string[], rows: string[][]): void {
  const widths = header.map((cell, i) => Math.max(cell.length, ...rows.map((row) => (row[i] ?? '').length)))
  const line = (cells: string[]) => `  ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join('   ')}`.trimEnd()
  console.log(bold(line(header)))
  for (const row of rows) console.log(line(row))
}
