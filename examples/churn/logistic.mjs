/**
 * L2-regularised logistic regression over a table: numeric columns are imputed with their mean and standardised, text
 * columns become one 0/1 column a category. Everything that is learned is kept in float32, as the ONNX file will hold it.
 *
 * @typedef {{ name: string, mean: number, scale: number }} NumericColumn  scale = 1 / standard deviation
 * @typedef {{ name: string, categories: string[] }} TextColumn
 * @typedef {{ numeric: NumericColumn[], text: TextColumn[], weights: number[], intercept: number }} Model
 *   weights: the numeric columns' first, then each text column's categories, in order
 */

const { fround } = Math

/**
 * @param {Record<string, string | null>[]} rows
 * @param {string[]} features
 * @param {number[]} target 1 = the class of interest
 * @param {number} l2 strength of the penalty on the weights (the intercept is free); scikit-learn's C is 1 / l2
 * @returns {Model}
 */
export function learn(rows, features, target, l2) {
  if (!(l2 > 0))
    throw new Error('l2 must be above 0: without a penalty the weights of a one-hot column have no unique answer')
  const missing = features.find((name) => !(name in rows[0]))
  if (features.length === 0 || missing !== undefined)
    throw new Error(`no feature column "${missing ?? ''}" in the training data`)
  const isNumeric = (name) => rows.every((row) => row[name] === null || Number.isFinite(Number(row[name])))
  const model = {
    numeric: features.filter(isNumeric).map((name) => standardisation(name, rows)),
    text: features.filter((name) => !isNumeric(name)).map((name) => ({ name, categories: categories(name, rows) })),
    weights: [],
    intercept: 0,
  }
  const solution = newton(
    rows.map((row) => [1, ...encode(model, row)]),
    target,
    l2,
  ).map(fround)
  return { ...model, intercept: solution[0], weights: solution.slice(1) }
}

/** The probability of the class of interest for one row. */
export function probability(model, row) {
  const z = encode(model, row).reduce((sum, x, j) => sum + x * model.weights[j], model.intercept)
  return sigmoid(z)
}

function encode(model, row) {
  return [
    ...model.numeric.map(({ name, mean, scale }) => ((row[name] === null ? mean : Number(row[name])) - mean) * scale),
    ...model.text.flatMap(({ name, categories }) => categories.map((category) => (row[name] === category ? 1 : 0))),
  ]
}

function standardisation(name, rows) {
  const values = rows.filter((row) => row[name] !== null).map((row) => Number(row[name]))
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)
  return { name, mean: fround(mean), scale: fround(deviation === 0 ? 1 : 1 / deviation) }
}

function categories(name, rows) {
  return [...new Set(rows.map((row) => row[name]))].filter((value) => value !== null).sort()
}

/** Newton's method (iteratively reweighted least squares) on the penalised log-likelihood: convex, so it has one answer. */
function newton(design, target, l2) {
  const width = design[0].length
  const beta = new Array(width).fill(0)
  for (let iteration = 0; iteration < 100; iteration++) {
    const gradient = beta.map((b, j) => (j === 0 ? 0 : l2 * b))
    const hessian = beta.map((_, j) => beta.map((_, k) => (j === k && j > 0 ? l2 : 0)))
    design.forEach((x, i) => {
      const p = sigmoid(x.reduce((sum, value, j) => sum + value * beta[j], 0))
      for (let j = 0; j < width; j++) {
        if (x[j] === 0) continue
        gradient[j] += (p - target[i]) * x[j]
        for (let k = 0; k <= j; k++) hessian[j][k] += p * (1 - p) * x[j] * x[k]
      }
    })
    const step = choleskySolve(hessian, gradient)
    step.forEach((s, j) => {
      beta[j] -= s
    })
    if (Math.max(...step.map(Math.abs)) < 1e-10) return beta
  }
  throw new Error('Newton did not converge in 100 steps: raise l2')
}

/** Solves A x = b for a symmetric positive definite A, of which only the lower triangle is read. */
function choleskySolve(a, b) {
  const n = b.length
  const lower = a.map((row) => [...row])
  const x = [...b]
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = lower[i][j]
      for (let k = 0; k < j; k++) sum -= lower[i][k] * lower[j][k]
      lower[i][j] = i === j ? Math.sqrt(sum) : sum / lower[j][j]
    }
    for (let k = 0; k < i; k++) x[i] -= lower[i][k] * x[k]
    x[i] /= lower[i][i]
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= lower[k][i] * x[k]
    x[i] /= lower[i][i]
  }
  return x
}

function sigmoid(z) {
  return 1 / (1 + Math.exp(-z))
}
