import {
  type Binary,
  type Measure,
  type Measured,
  type Measurements,
  type Multiclass,
  share,
  undefinedFor,
} from './measure.ts'

const noPredictedPositive = undefinedFor('no row is predicted positive')
const noPositive = undefinedFor('no row is positive')
const noNegative = undefinedFor('no row is negative')
const oneClass = undefinedFor('the labels hold only one class')
const onePrediction = undefinedFor('the labels or the predictions hold only one class')

/** Weight of the rows by actual (rows) and predicted class, row after row. */
function confusion(cells: Int32Array, weight: Float64Array, into: Float64Array): Float64Array {
  into.fill(0)
  for (let i = 0; i < cells.length; i++) into[cells[i]!]! += weight[i]!
  return into
}

/** The metrics of a binary classifier's labels. */
export function binaryLabels(p: Binary): Measure {
  const cells = Int32Array.from(p.actual, (actual, i) => actual * 2 + p.predicted[i]!)
  const into = new Float64Array(4)
  return (weight) => {
    const table = confusion(cells, weight, into)
    const [tn, fp, fn, tp] = [table[0]!, table[1]!, table[2]!, table[3]!]
    const recall = share(tp, tp + fn, noPositive)
    const specificity = share(tn, tn + fp, noNegative)
    return {
      accuracy: (tp + tn) / (tp + tn + fp + fn),
      balanced_accuracy:
        typeof recall === 'number' && typeof specificity === 'number' ? (recall + specificity) / 2 : oneClass,
      precision: share(tp, tp + fp, noPredictedPositive),
      recall,
      specificity,
      f1: share(2 * tp, 2 * tp + fp + fn, undefinedFor('no row is positive or predicted positive')),
      matthews_corrcoef: matthews(table, 2),
    }
  }
}

/** Successes and trials of the shares among a binary classifier's label metrics, rows counted once each. */
export function binaryShares(p: Binary): Record<string, [successes: number, trials: number]> {
  let tp = 0
  let predicted = 0
  let positive = 0
  for (let i = 0; i < p.rows; i++) {
    tp += p.actual[i]! & p.predicted[i]!
    predicted += p.predicted[i]!
    positive += p.actual[i]!
  }
  const tn = p.rows - predicted - positive + tp
  return {
    accuracy: [tp + tn, p.rows],
    precision: [tp, predicted],
    recall: [tp, positive],
    specificity: [tn, p.rows - positive],
  }
}

/**
 * The metrics of a multiclass classifier's labels. A class that is neither among the labels nor predicted is left out of
 * the averages, as scikit-learn does; a class whose own share has no rows makes the average undefined, where
 * scikit-learn counts 0.
 */
export function multiclassLabels(p: Multiclass): Measure {
  const k = p.task.classes.length
  const cells = Int32Array.from(p.actual, (actual, i) => actual * k + p.predicted[i]!)
  const into = new Float64Array(k * k)
  return (weight) => averaged(confusion(cells, weight, into), p.task.classes)
}

function averaged(table: Float64Array, classes: string[]): Measurements {
  const k = classes.length
  const support = new Float64Array(k)
  const predicted = new Float64Array(k)
  let right = 0
  let total = 0
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      const w = table[a * k + b]!
      support[a]! += w
      predicted[b]! += w
      total += w
    }
    right += table[a * k + a]!
  }
  const present = [...classes.keys()].filter((c) => support[c]! > 0 || predicted[c]! > 0)
  const per = {
    precision: (c: number): Measured =>
      share(table[c * k + c]!, predicted[c]!, undefinedFor(`no row is predicted ${classes[c]}`)),
    recall: (c: number): Measured => share(table[c * k + c]!, support[c]!, undefinedFor(`no row is ${classes[c]}`)),
    f1: (c: number): Measured => (2 * table[c * k + c]!) / (support[c]! + predicted[c]!),
  }
  const accuracy = right / total
  const labelled = present.filter((c) => support[c]! > 0)
  const measurements: Measurements = {
    accuracy,
    balanced_accuracy: labelled.length < 2 ? oneClass : mean(labelled, per.recall, () => 1),
    matthews_corrcoef: matthews(table, k),
  }
  for (const [name, of] of Object.entries(per)) {
    measurements[`${name}_macro`] = mean(present, of, () => 1)
    measurements[`${name}_weighted`] = mean(labelled, of, (c) => support[c]!)
    measurements[`${name}_micro`] = accuracy
  }
  return measurements
}

function mean(of: number[], value: (c: number) => Measured, weight: (c: number) => number): Measured {
  let sum = 0
  let total = 0
  for (const c of of) {
    const measured = value(c)
    if (typeof measured !== 'number') return measured
    sum += weight(c) * measured
    total += weight(c)
  }
  return sum / total
}

/** R_K of Gorodkin (2004), which for two classes is Matthews' correlation. */
function matthews(table: Float64Array, k: number): Measured {
  let total = 0
  let right = 0
  let both = 0
  let actualSquares = 0
  let predictedSquares = 0
  for (let c = 0; c < k; c++) {
    let actual = 0
    let predicted = 0
    for (let d = 0; d < k; d++) {
      actual += table[c * k + d]!
      predicted += table[d * k + c]!
    }
    total += actual
    right += table[c * k + c]!
    both += actual * predicted
    actualSquares += actual * actual
    predictedSquares += predicted * predicted
  }
  const spreadActual = total * total - actualSquares
  const spreadPredicted = total * total - predictedSquares
  const least = 1e-12 * total * total
  if (spreadActual <= least || spreadPredicted <= least) return onePrediction
  return (right * total - both) / Math.sqrt(spreadActual * spreadPredicted)
}
