import { clip, listAt, offendersText, shownValue, visible } from '@mlops-actions/report'
import { breaks, type Check, type Json, type Verdict } from '@mlops-actions/verdict'
import { annotationPlace } from './annotation-place.ts'

/** GitHub keeps this many annotations of a kind from a step. */
const most = 10
/** Of what one rule finds, the first lines tell enough; and of all that breaks on a line, the first rules. */
const linesOfCheck = 3
const rulesOfLine = 5

/** What GitHub shows beside a line of a file, or with the step where it has no place. */
export interface Annotation {
  level: 'failed' | 'warned'
  title: string
  message: string
  place: ReturnType<typeof annotationPlace>
}

/** A line of a data file, and what breaks there. */
interface Line {
  file: string
  line: number
  broken: { check: Check; value: Json | undefined }[]
}

/** The data files whose lines a verdict tells of. */
export function filesNamed(verdict: Verdict): string[] {
  return [...new Set(breaks(verdict).flatMap((check) => placesOf(check).map(({ file }) => file)))]
}

/**
 * What breaks, within what GitHub shows: every check once, at its first line where it has lines in a file of the
 * repository (one annotation a line, with all that breaks there), then further lines while there is room.
 * @param held the files whose lines GitHub can show
 */
export function annotations(verdict: Verdict, held: ReadonlySet<string>): Annotation[] {
  const lines = linesOf(breaks(verdict), held)
  const shown = new Set<Line>()
  return (['failed', 'warned'] as const).flatMap((level) => {
    const checks = breaks(verdict).filter((check) => levelOf(check) === level)
    const entries: Annotation[] = []
    for (let round = 0; round < linesOfCheck; round++) {
      for (const check of checks) {
        const of = lines.get(check) ?? []
        if (of.length === 0 && round === 0) entries.push(ofCheck(check, verdict))
        const next = of.find((line) => !shown.has(line))
        if (next === undefined || of.filter((line) => shown.has(line)).length > round) continue
        if (round > 0 && entries.length >= most) continue
        shown.add(next)
        entries.push(ofLine(next, level))
      }
    }
    if (entries.length <= most) return entries
    const left = entries.length - most + 1
    const more = {
      level,
      title: `${checks.length} checks ${level}`,
      message: `${left} more; see the report.`,
      place: {},
    }
    return [...entries.slice(0, most - 1), more]
  })
}

const levelOf = (check: Check) => (check.status === 'warned' ? 'warned' : 'failed')

/** The lines of each check, in its order; those of several checks are one line. */
function linesOf(checks: Check[], held: ReadonlySet<string>): Map<Check, Line[]> {
  const all = new Map<string, Line>()
  return new Map(
    checks.map((check) => [
      check,
      placesOf(check)
        .filter(({ file }) => held.has(file))
        .map(({ file, line, value }) => {
          const key = `${line} ${file}`
          const at = all.get(key) ?? { file, line, broken: [] }
          all.set(key, at)
          if (at.broken.at(-1)?.check !== check) at.broken.push({ check, value })
          return at
        }),
    ]),
  )
}

function placesOf({ evidence }: Check): { file: string; line: number; value: Json | undefined }[] {
  const files = listAt(evidence, 'unexpected_files')
  const values = listAt(evidence, 'partial_unexpected_list')
  return listAt(evidence, 'unexpected_rows').flatMap((line, i) => {
    const file = files[i]
    return typeof line === 'number' && typeof file === 'string' ? [{ file, line, value: values[i] }] : []
  })
}

function ofLine({ file, line, broken }: Line, level: Annotation['level']): Annotation {
  const one = broken.length === 1
  const said = broken.slice(0, rulesOfLine).map(({ check, value }) => {
    const rule = one ? '' : `${clip(check.title, 200)}: `
    const here = value === undefined || value === null ? '' : `here ${shownValue(value)}, `
    return visible(clip(`${rule}${here}${check.observed}`, 600))
  })
  const left = broken.length - said.length
  return {
    level,
    title: one ? titleOf(broken[0]!.check) : `Line ${line} breaks ${broken.length} rules`,
    message: [...said, ...(left > 0 ? [`and ${left} more`] : [])].join('\n'),
    place: { file, startLine: line },
  }
}

/** Without a line to stand on, the lines are told. */
function ofCheck(check: Check, of: Verdict): Annotation {
  const where = offendersText(check, of)
  const said = where === '' ? `${check.observed}; expected ${check.expected}` : `${check.observed}: ${where}`
  return {
    level: levelOf(check),
    title: titleOf(check),
    message: visible(clip(said, 1000)),
    place: annotationPlace(check.evidence),
  }
}

const titleOf = (check: Check) => visible(clip(check.title, 200))
