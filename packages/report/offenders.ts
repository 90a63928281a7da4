import type { Check, Json, Verdict } from '@mlops-actions/verdict'
import { clip } from './escape.ts'
import { jsonText, listAt, numberAt } from './evidence.ts'
import { number } from './number.ts'

/** So many are shown; the JSON lists some more. */
const most = 8

/** What breaks a check. */
export interface Offenders {
  /** The file that all of them stand in, where the data are several. */
  file?: string
  /** Values with the rows they stand in, e.g. `lines 3, 9`; either may be all that is known. */
  seen: { value?: string; places: string }[]
  /** What is not shown, as a phrase; empty where all is. */
  rest: string
}

/** The first values that break a check, equal ones together, with the lines they stand on. */
export function offenders({ evidence, status }: Check, of: Verdict): Offenders {
  if (status === 'passed' || status === 'skipped') return { seen: [], rest: '' }
  const listed = listAt(evidence, 'partial_unexpected_list')
  // A list of nothing but nulls says no more than the rule.
  const values = listed.every((value) => value === null) ? [] : listed.map(shownValue)
  const lines = listAt(evidence, 'unexpected_rows').map(jsonText)
  if (lines.length === 0) {
    const different = [...new Set(values)]
    const seen = different.slice(0, most).map((value) => ({ value, places: '' }))
    return { seen, rest: moreText(different.length - seen.length) }
  }
  const files = listAt(evidence, 'unexpected_files').map(jsonText)
  const shown = lines.slice(0, most)
  const several = listAt(of.context, 'files').length > 1 && files.length > 0
  const inOne = new Set(files.slice(0, most)).size === 1
  const groups = Map.groupBy(shown.keys(), (row) => values[row])
  const seen = [...groups].map(([value, rows]) => ({
    ...(value === undefined ? {} : { value }),
    places: placesText(
      rows.map((row) => ({ line: shown[row]!, file: files[row] ?? '' })),
      several && !inOne,
    ),
  }))
  const more = moreText((numberAt(evidence, 'unexpected_count') ?? lines.length) - shown.length)
  const hidden = evidence.redacted === true ? 'values not shown: sensitive' : ''
  return {
    ...(several && inOne ? { file: clip(files[0]!, 120) } : {}),
    seen,
    rest: [more, hidden].filter((phrase) => phrase !== '').join('; '),
  }
}

/** The same as one line of plain text, e.g. `99 line 2, 5 line 7, 3 more`; empty where nothing is known. */
export function offendersText(check: Check, of: Verdict): string {
  const { file, seen, rest } = offenders(check, of)
  const items = [...seen.map(({ value, places }) => [value, places].filter((t) => t).join(' ')), rest]
  const list = items.filter((item) => item !== '').join(', ')
  return file === undefined || list === '' ? list : `${file} ${list}`
}

const moreText = (count: number) => (count > 0 ? `${number(count)} more` : '')

/** The rows by file, which is named where the data are several. Parquet has rows, not lines. */
function placesText(places: { file: string; line: string }[], several: boolean): string {
  return [...Map.groupBy(places, ({ file }) => file)]
    .map(([file, rows]) => {
      const unit = /\.parquet$/i.test(file) ? 'row' : 'line'
      const named = several && file !== '' ? `${clip(file, 80)} ` : ''
      return `${named}${unit}${rows.length === 1 ? '' : 's'} ${rows.map(({ line }) => line).join(', ')}`
    })
    .join('; ')
}

/** A value of the data as short text: in quotes where its ends would not show. */
export function shownValue(value: Json | undefined): string {
  const text = jsonText(value)
  const hasEnds = typeof value === 'string' && (text === '' || text !== text.trim())
  return hasEnds ? `"${clip(text, 58)}"` : clip(text, 60)
}
