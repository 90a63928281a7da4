import { readFileSync, writeFileSync } from 'node:fs'

/**
 * The rows of a CSV file (header, commas, optional double quotes) as objects; an empty cell is null.
 * @param {string} path
 * @returns {Record<string, string | null>[]}
 */
export function readRows(path) {
  const [header, ...lines] = readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/)
    .map(cells)
  return lines.map((line, i) => {
    if (line.length !== header.length) {
      throw new Error(`${path}:${i + 2}: ${line.length} cells where the header has ${header.length}`)
    }
    return Object.fromEntries(header.map((name, j) => [name, line[j] === '' ? null : line[j]]))
  })
}

/** Writes rows as CSV under the given column names; null becomes an empty cell. */
export function writeRows(path, names, rows) {
  const text = [names, ...rows.map((row) => names.map((name) => row[name]))].map((row) => row.map(cell).join(','))
  writeFileSync(path, `${text.join('\n')}\n`)
}

function cells(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  )
}

function cell(value) {
  const text = value === null || value === undefined ? '' : String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
