/** Rows as a Markdown table, a column for each field. */
export function printTable(rows: object[]): void {
  const columns = Object.keys(rows[0] ?? {})
  console.log(`| ${columns.join(' | ')} |`)
  console.log(`|${columns.map(() => '---').join('|')}|`)
  for (const row of rows) console.log(`| ${Object.values(row).join(' | ')} |`)
}
