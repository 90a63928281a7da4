// Trains the churn model: reads params.json and data/train.csv, writes model.onnx, metrics.json and predictions.csv
// (the holdout's rows). Needs nothing but Node. The same inputs give the same model, bit for bit.

import { readFileSync, writeFileSync } from 'node:fs'
import { readRows, writeRows } from './csv.mjs'
import { learn, probability } from './logistic.mjs'
import { toOnnx } from './onnx.mjs'

const label = 'churn'
const classes = ['no', 'yes']
const slice = 'contract'

const { features, l2 } = JSON.parse(readFileSync('params.json', 'utf8'))
const train = readRows('data/train.csv')
const holdout = readRows('data/holdout.csv')
const isPositive = (row) => (row[label] === classes[1] ? 1 : 0)

const model = learn(train, features, train.map(isPositive), l2)
writeFileSync('model.onnx', toOnnx(model, classes, features))

const scores = holdout.map((row) => probability(model, row))
const metrics = {
  train_log_loss: logLoss(
    train.map(isPositive),
    train.map((row) => probability(model, row)),
  ),
  holdout_log_loss: logLoss(holdout.map(isPositive), scores),
  holdout_roc_auc: rocAuc(holdout.map(isPositive), scores),
}
writeFileSync('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`)

writeRows(
  'predictions.csv',
  ['id', 'label', 'prediction', 'score', slice],
  holdout.map((row, i) => ({
    id: i + 1,
    label: row[label],
    prediction: classes[scores[i] > 0.5 ? 1 : 0],
    score: scores[i],
    [slice]: row[slice],
  })),
)
for (const [name, value] of Object.entries(metrics)) console.log(`${name} = ${value.toFixed(4)}`)

function logLoss(target, probabilities) {
  return (
    target.reduce((sum, y, i) => sum - Math.log(y === 1 ? probabilities[i] : 1 - probabilities[i]), 0) / target.length
  )
}

/** The share of (churner, other) pairs in which the churner has the higher score; ties count half. */
function rocAuc(target, scores) {
  const of = (y) => scores.filter((_, i) => target[i] === y)
  const positives = of(1)
  const negatives = of(0)
  const wins = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)))
  return wins.reduce((a, b) => a + b, 0) / wins.length
}
