import { type Binary, type Measure, type Measured, type Multiclass, undefinedFor } from './measure.ts'

const noScore = undefinedFor('the predictions have no score')
const noPositive = undefinedFor('no row is positive')
const oneClass = undefinedFor('the labels hold only one class')

/**
 * roc_auc (tied scores count one half) and average_precision (sum of precision times the step in recall, without
 * interpolation).
 */
export function ranking(p: Binary): Measure {
  if (p.score === undefined) return () => ({ roc_auc: noScore, average_precision: noScore })
  const ranked = rank(p.score, (i) => p.actual[i] === 1)
  return (weight) => {
    const { positives, negatives, ordered, precision } = sweep(ranked, weight)
    return {
      roc_auc: positives > 0 && negatives > 0 ? ordered / (positives * negatives) : oneClass,
      average_precision: positives > 0 ? precision / positives : noPositive,
    }
  }
}

/** roc_auc_ovr: the mean over the classes of each class's area against all others. */
export function oneVersusRest(p: Multiclass): Measure {
  if (p.scores === undefined) return () => ({ roc_auc_ovr: noScore })
  const ranked = p.scores.map((score, c) => rank(score, (i) => p.actual[i] === c))
  return (weight) => ({ roc_auc_ovr: meanArea(ranked, weight, p.task.classes) })
}

function meanArea(ranked: Ranked[], weight: Float64Array, classes: string[]): Measured {
  let sum = 0
  for (const [c, of] of ranked.entries()) {
    const { positives, negatives, ordered } = sweep(of, weight)
    if (positives === 0) return undefinedFor(`no row is ${classes[c]}`)
    if (negatives === 0) return oneClass
    sum += ordered / (positives * negatives)
  }
  return sum / ranked.length
}

/** Rows by descending score. */
interface Ranked {
  rows: Uint32Array
  positive: Uint8Array
  /** 1 where the next row has a lower score. */
  last: Uint8Array
}

function rank(score: Float64Array, isPositive: (row: number) => boolean): Ranked {
  const rows = Uint32Array.from(score.keys()).sort((a, b) => score[b]! - score[a]!)
  return {
    rows,
    positive: Uint8Array.from(rows, (row) => (isPositive(row) ? 1 : 0)),
    last: Uint8Array.from(rows, (row, i) => (i + 1 === rows.length || score[rows[i + 1]!] !== score[row] ? 1 : 0)),
  }
}

/** One pass from the highest score down, a group of tied scores at a time. */
function sweep({ rows, positive, last }: Ranked, weight: Float64Array) {
  let positives = 0
  let negatives = 0
  let ordered = 0
  let precision = 0
  let up = 0
  let down = 0
  for (let i = 0; i < rows.length; i++) {
    const w = weight[rows[i]!]!
    if (positive[i] === 1) up += w
    else down += w
    if (last[i] === 0) continue
    ordered += down * (positives + up / 2)
    positives += up
    negatives += down
    if (up > 0) precision += (up * positives) / (positives + negatives)
    up = 0
    down = 0
  }
  return { positives, negatives, ordered, precision }
}
