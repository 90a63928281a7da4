import { isBinary, isMulticlass, isRegression, type Predictions, selectRows } from '@mlops-actions/metrics'
import { nearest, UserError } from '@mlops-actions/verdict'

type Pair = [production: Predictions, candidate: Predictions]

/**
 * Two models' predictions brought to the same rows in the same order: by id where both have ids, else by position.
 * UserError where the tasks, the rows, the labels or the weights are not the same: their difference would not be the
 * models'.
 */
export function sameRows(production: Predictions, candidate: Predictions): Pair {
  const [a, b] = sameClasses(production, sameOrder(production, candidate))
  checkLabels(a, b)
  checkWeights(a, b)
  return [a, b]
}

function sameOrder(production: Predictions, candidate: Predictions): Predictions {
  const counts = `production has ${production.rows} rows, the candidate ${candidate.rows}`
  const { ids } = production
  if (!ids || !candidate.ids) {
    if (production.rows === candidate.rows) return candidate
    throw mismatch(
      `The two models were not run on the same rows: ${counts}.`,
      'Predict the same file with both models, or give both an id column.',
    )
  }
  const places = placesById(candidate.ids, 'candidate')
  placesById(ids, 'production')
  const order = ids.map((id) => {
    const row = places.get(id)
    if (row !== undefined) return row
    const near = nearest(id, candidate.ids!.slice(0, 1000))
    throw mismatch(
      `The candidate has no row with the id "${id}", which production has (${counts}).`,
      near ? `Its nearest id is "${near}".` : 'Predict the same rows with both models.',
    )
  })
  if (production.rows === candidate.rows) return selectRows(candidate, order)
  const known = new Set(ids)
  const extra = candidate.ids.find((id) => !known.has(id))
  throw mismatch(
    `Production has no row with the id "${extra}", which the candidate has (${counts}).`,
    'Predict the same rows with both models.',
  )
}

function placesById(ids: string[], whose: string): Map<string, number> {
  const places = new Map<string, number>()
  for (const [row, id] of ids.entries()) {
    if (places.has(id))
      throw mismatch(
        `The ${whose}'s predictions have the id "${id}" more than once.`,
        'Ids name rows: make them unique, or leave the column out.',
      )
    places.set(id, row)
  }
  return places
}

/** One task for both; classes that only one of them knows are added to the other, with a score of 0. */
function sameClasses(production: Predictions, candidate: Predictions): Pair {
  if (production.task.type !== candidate.task.type)
    throw mismatch(
      `Production's task is ${production.task.type} and the candidate's ${candidate.task.type}.`,
      'Set task.type for both.',
    )
  if (isBinary(production) && isBinary(candidate)) {
    const { positive, negative } = production.task
    if (positive !== candidate.task.positive || negative !== candidate.task.negative)
      throw mismatch(
        `Production's classes are "${negative}" and "${positive}" (positive), the candidate's "${candidate.task.negative}" and "${candidate.task.positive}" (positive).`,
        'Set task.positive, and write labels in the same words for both.',
      )
  }
  if (!isMulticlass(production) || !isMulticlass(candidate)) return [production, candidate]
  const classes = [...new Set([...production.task.classes, ...candidate.task.classes])].sort()
  return [withClasses(production, classes), withClasses(candidate, classes)]
}

function withClasses(p: Extract<Predictions, { actual: Int32Array }>, classes: string[]): Predictions {
  if (classes.length === p.task.classes.length && classes.every((name, i) => name === p.task.classes[i])) return p
  const place = p.task.classes.map((name) => classes.indexOf(name))
  const { scores, ...rest } = p
  return {
    ...rest,
    task: { ...p.task, classes },
    actual: p.actual.map((c) => place[c]!),
    predicted: p.predicted.map((c) => place[c]!),
    ...(scores
      ? { scores: classes.map((name) => scores[p.task.classes.indexOf(name)] ?? new Float64Array(p.rows)) }
      : {}),
  }
}

function checkLabels(a: Predictions, b: Predictions): void {
  // A label that went through float32 on one side is still the same label.
  const slack = isRegression(a) ? 1e-6 : 0
  const differing = differences(a.actual, b.actual, slack)
  if (differing.length === 0) return
  const first = differing[0]!
  throw mismatch(
    `The labels of ${differing.length} of ${a.rows} rows differ between production and candidate, first in row ${first + 1}${a.ids ? ` (id "${a.ids[first]}")` : ''}.`,
    'Predict the same rows with both models; where their order may differ, give both an id column.',
  )
}

function checkWeights(a: Predictions, b: Predictions): void {
  if (!a.weight && !b.weight) return
  if (a.weight && b.weight && differences(a.weight, b.weight, 1e-6).length === 0) return
  throw mismatch(
    'The weights differ between production and candidate.',
    'Give both the same column "weight", or neither.',
  )
}

function differences(a: ArrayLike<number>, b: ArrayLike<number>, slack: number): number[] {
  const rows: number[] = []
  for (let i = 0; i < a.length; i++) {
    if (!(Math.abs(a[i]! - b[i]!) <= slack * Math.abs(a[i]!))) rows.push(i)
  }
  return rows
}

function mismatch(message: string, help: string): UserError {
  return new UserError({ code: 'ROWS_DIFFER', message, help })
}
