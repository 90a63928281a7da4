import { randomStream } from '@mlops-actions/statistics'
import { type Binary, type Measure, type Multiclass, type Undefined, undefinedFor, weights } from './measure.ts'

const noScore = undefinedFor('the predictions have no score')
const noProbability = undefinedFor('the scores are not probabilities: they leave [0, 1]')

/** log_loss (natural logarithm, clipped to the double's epsilon) and brier_score: means over the rows. */
export function binaryLosses(p: Binary): Measure {
  const refused = notProbabilities(p.score === undefined ? undefined : [p.score])
  if (refused) return () => ({ log_loss: refused, brier_score: refused })
  const score = p.score!
  const logarithms = Float64Array.from(score, (s, i) => logLoss(p.actual[i] === 1 ? s : 1 - s))
  const squares = Float64Array.from(score, (s, i) => (s - p.actual[i]!) ** 2)
  return (weight) => {
    let total = 0
    let logarithm = 0
    let square = 0
    for (let i = 0; i < weight.length; i++) {
      const w = weight[i]!
      total += w
      logarithm += w * logarithms[i]!
      square += w * squares[i]!
    }
    return { log_loss: logarithm / total, brier_score: square / total }
  }
}

/** log_loss of several classes: minus the mean logarithm of the score that the actual class was given. */
export function multiclassLosses(p: Multiclass): Measure {
  const refused = notProbabilities(p.scores)
  if (refused) return () => ({ log_loss: refused })
  const scores = p.scores!
  const losses = Float64Array.from(p.actual, (c, i) => logLoss(scores[c]![i]!))
  return (weight) => {
    let total = 0
    let loss = 0
    for (let i = 0; i < weight.length; i++) {
      total += weight[i]!
      loss += weight[i]! * losses[i]!
    }
    return { log_loss: loss / total }
  }
}

const BINS = 10

/**
 * Expected calibration error (Guo et al., ICML 2017, eq. 3): the mean distance between score and rate of positives over
 * 10 bins of equal width, closed on the right, each weighing what its rows weigh. A score of 0 is in the first bin.
 */
export function calibration(p: Binary): Measure {
  const refused = notProbabilities(p.score === undefined ? undefined : [p.score])
  if (refused) return () => ({ expected_calibration_error: refused })
  const score = p.score!
  const bins = Uint8Array.from(score, binOf)
  const gaps = Float64Array.from(score, (s, i) => s - p.actual[i]!)
  const sums = new Float64Array(BINS)
  return (weight) => {
    sums.fill(0)
    let total = 0
    for (let i = 0; i < weight.length; i++) {
      total += weight[i]!
      sums[bins[i]!]! += weight[i]! * gaps[i]!
    }
    return { expected_calibration_error: sums.reduce((sum, gap) => sum + Math.abs(gap), 0) / total }
  }
}

/**
 * The expected calibration error that chance alone gives: of labels drawn from the scores themselves, once a value, by
 * consistency resampling (J. Bröcker and L. Smith, Weather and Forecasting 22, 2007). The same for a seed; empty where the
 * scores are no probabilities.
 */
export function calibrationByChance(p: Binary, times: number, seed: number): Float64Array {
  if (notProbabilities(p.score === undefined ? undefined : [p.score])) return new Float64Array()
  const score = p.score!
  const bins = Uint8Array.from(score, binOf)
  const thresholds = score.map((s) => s * 4294967296)
  const random = randomStream(seed)
  const weight = weights(p)
  const total = weight.reduce((sum, w) => sum + w, 0)
  const sums = new Float64Array(BINS)
  return Float64Array.from({ length: total > 0 ? times : 0 }, () => {
    sums.fill(0)
    for (let i = 0; i < bins.length; i++) {
      sums[bins[i]!]! += weight[i]! * (score[i]! - Number(random() < thresholds[i]!))
    }
    return sums.reduce((sum, gap) => sum + Math.abs(gap), 0) / total
  })
}

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  low: number
  high: number
  weight: number
  meanScore: number
  positives: number
}

/** The bins behind expected_calibration_error that hold rows; empty where the scores are no probabilities. */
export function reliability(p: Binary): ReliabilityBin[] {
  if (p.score === undefined || notProbabilities([p.score])) return []
  const bins = Array.from({ length: BINS }, (_, b) => ({
    low: b / BINS,
    high: (b + 1) / BINS,
    weight: 0,
    meanScore: 0,
    positives: 0,
  }))
  p.score.forEach((score, i) => {
    const bin = bins[binOf(score)]!
    const w = p.weight?.[i] ?? 1
    bin.weight += w
    bin.meanScore += w * score
    bin.positives += w * p.actual[i]!
  })
  return bins
    .filter((bin) => bin.weight > 0)
    .map((bin) => ({ ...bin, meanScore: bin.meanScore / bin.weight, positives: bin.positives / bin.weight }))
}

/** The edges are numpy's linspace(0, 1, 11), whose third is a little above 0.3. */
function binOf(score: number): number {
  let bin = 0
  while (bin < BINS - 1 && score > (bin + 1) * 0.1) bin++
  return bin
}

function logLoss(probability: number): number {
  return -Math.log(Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON))
}

function notProbabilities(scores: Float64Array[] | undefined): Undefined | undefined {
  if (scores === undefined) return noScore
  return scores.every((column) => column.every((s) => s >= 0 && s <= 1)) ? undefined : noProbability
}
