import { calibrationByChance, evaluate, isBinary, type Metric, type Predictions } from '@mlops-actions/metrics'
import { type Finding, judgeLoss, unjudged } from './loss-check.ts'
import { byName, type MetricLoss } from './metric-loss.ts'
import { CLASS_FLOORS, type DriftRules } from './rules.ts'
import type { Past } from './settled.ts'

const ECE = 'expected_calibration_error'
const ID = 'label.calibration'

/**
 * Whether the scores still mean what they say: the expected calibration error of rows whose truth is known against the
 * reference's. Larger by more than 0.05 and not by chance is moderate, by 0.20 significant (the floors of class shares).
 *
 * Few rows give even a perfect model a large error. So the p-value is the share of `calibrationByChance` at or above the
 * rise: by the triangle inequality the error of a model that is off as the reference was exceeds the reference's by no more
 * than chance alone gives, so alarms without drift stay within alpha, and are fewer where the reference was off itself.
 *
 * undefined where the task or the model has no probabilities: nothing was to be judged.
 */
export function calibrationDrift(
  p: Predictions,
  reference: readonly Metric[],
  rules: DriftRules,
  minRows: number,
  past: Past = { history: [], now: new Date(0) },
): Finding | undefined {
  if (!isBinary(p) || p.score === undefined || p.rows === 0) return undefined
  const then = byName(reference).get(ECE)
  const named = { id: ID, kind: 'label' as const, name: 'calibration' }
  const unknown = (title: string, observed: string, expected: string, detail: string) =>
    unjudged({ ...named, title, observed, expected, detail, status: 'warned', evidence: { metric: ECE } })
  if (then === undefined) {
    return unknown(
      'not known of the reference',
      `the reference does not say its ${ECE}`,
      'the metric of the reference to compare with',
      'Use a registered version as the reference, whose metrics are known, or a reference with scores and labels.',
    )
  }
  if (p.rows < minRows) {
    return unknown(
      'too few labelled rows to tell',
      `${p.rows} rows with a label`,
      `at least ${minRows}`,
      `At least ${minRows} labelled rows are needed.`,
    )
  }
  const [now] = evaluate(p, { metrics: [ECE], confidence: 0.9 })
  const loss = calibrationLoss(p, now!, then, rules.alpha)
  if ('missing' in loss) {
    const advice = 'The scores must be probabilities.'
    return unknown('could not be compared', loss.missing, 'a number on both sides', advice)
  }
  const { value = null, low = null, high = null, confidence = null, method = null } = now!
  return judgeLoss(
    loss,
    {
      ...named,
      significant: CLASS_FLOORS.significant,
      adjusted: loss.p,
      family: 1,
      advice: 'The scores say less of how likely the positive class is: calibrate the model again, or retrain.',
      evidence: { value, low, high, confidence, method, chance_expectation: loss.byChance },
    },
    rules,
    past,
  )
}

function calibrationLoss(
  p: Parameters<typeof calibrationByChance>[0],
  now: Metric,
  then: Metric,
  alpha: number,
): (MetricLoss & { byChance: number }) | { missing: string } {
  if (then.value === null || !Number.isFinite(then.value)) return { missing: "the reference's is not defined" }
  if (now.value === null) return { missing: `it is not defined on these rows: ${now.undefined}` }
  const rise = now.value - then.value
  const draws = calibrationByChance(p, Math.round(Math.min(1999, Math.max(199, 2e7 / p.rows))), 1).sort()
  const reached = draws.length - draws.filter((error) => error < rise).length
  const largest = draws[Math.min(draws.length - 1, Math.ceil((1 - alpha) * (draws.length + 1)) - 1)]!
  return {
    metric: ECE,
    reference: then.value,
    current: now.value,
    loss: rise,
    relative: false,
    limit: CLASS_FLOORS.floor,
    p: (reached + 1) / (draws.length + 1),
    detectable: largest,
    referenceNoise: 'bound',
    nReference: then.n,
    nCurrent: now.n,
    byChance: draws.reduce((sum, error) => sum + error, 0) / draws.length,
    // What chance gives shrinks as the square root of the rows grows.
    rowsFor: (loss) => ({ current: Math.ceil(p.rows * Math.max(1, largest / loss) ** 2) }),
  }
}
