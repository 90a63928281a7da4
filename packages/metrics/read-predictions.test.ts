import type { Column, ColumnType, Table } from '@mlops-actions/table'
import { describe, expect, test } from 'vitest'
import { bySlice, evaluate, evaluateSlices, readPredictions } from './index.ts'

type Values = (string | number | null)[]

/** A table in memory, handed out in batches of two rows. */
function table(columns: Record<string, Values>): Table {
  const names = Object.keys(columns)
  const rows = Object.values(columns)[0]!.length
  const typeOf = (values: Values): ColumnType => (values.some((v) => typeof v === 'string') ? 'text' : 'number')
  return {
    rows,
    schema: names.map((name) => ({
      name,
      type: typeOf(columns[name]!),
      nulls: columns[name]!.filter((v) => v === null).length,
    })),
    async *batches() {
      for (let start = 0; start < rows; start += 2) {
        const size = Math.min(2, rows - start)
        yield {
          start,
          rows: size,
          source: 0,
          lines: Uint32Array.from({ length: size }, (_, i) => start + i + 2),
          columns: names.map((name) => column(name, typeOf(columns[name]!), columns[name]!.slice(start, start + size))),
        }
      }
    },
  }
}

function column(name: string, type: ColumnType, values: Values): Column {
  const nulls = Uint8Array.from(values, (v) => (v === null ? 1 : 0))
  if (type !== 'text') return { name, nulls, type: 'number', values: Float64Array.from(values, (v) => Number(v ?? 0)) }
  const dictionary = [...new Set(values.filter((v) => v !== null).map(String))]
  return {
    name,
    nulls,
    type: 'text',
    dictionary,
    codes: Int32Array.from(values, (v) => (v === null ? -1 : dictionary.indexOf(String(v)))),
  }
}

describe('a file of predictions', () => {
  test('binary: labels from scores, ids, weights, slices', async () => {
    const p = await readPredictions(
      table({
        id: ['a', 'b', 'c'],
        label: ['yes', 'no', 'yes'],
        score: [0.5, 0.2, 0.4],
        weight: [1, 2, 1],
        plan: ['x', null, 'y'],
      }),
      {},
    )
    expect(p).toMatchObject({
      task: { type: 'binary', positive: 'yes' },
      rows: 3,
      ids: ['a', 'b', 'c'],
      slices: { plan: ['x', '', 'y'] },
    })
    expect([...p.actual]).toEqual([1, 0, 1])
    expect([...p.predicted]).toEqual([1, 0, 0])
    expect([...p.weight!]).toEqual([1, 2, 1])
  })
  test('columns of other names, and the task label where there is no `label`', async () => {
    const p = await readPredictions(
      table({ churn: [1, 0], y_pred: [1, 1], proba: [0.9, 0.6] }),
      { label: 'churn', positive: '1' },
      { prediction: 'y_pred', score: 'proba' },
    )
    expect([...p.predicted]).toEqual([1, 1])
    expect(p.slices).toEqual({})
  })
  test('multiclass: the first largest score', async () => {
    const p = await readPredictions(
      table({ label: ['b', 'a', 'c'], score_a: [0.4, 0.5, 0.1], score_b: [0.4, 0.3, 0.1], score_c: [0.2, 0.2, 0.8] }),
      {},
    )
    expect(p.task).toEqual({ type: 'multiclass', label: 'label', classes: ['a', 'b', 'c'] })
    expect([...p.predicted]).toEqual([0, 0, 2])
  })
  test('binary from a pair of class scores', async () => {
    const p = await readPredictions(table({ label: [0, 1], score_0: [0.3, 0.2], score_1: [0.7, 0.8] }), {})
    expect(p).toMatchObject({ task: { type: 'binary', positive: '1' }, slices: {} })
    expect([...(p as { score: Float64Array }).score]).toEqual([0.7, 0.8])
  })
  test('regression', async () => {
    const p = await readPredictions(table({ label: [1, 2, 3], prediction: [1.5, 2, 2.5] }), {})
    expect(p.task.type).toBe('regression')
    expect(evaluate(p, { metrics: ['mae'] })[0]!.value).toBeCloseTo(1 / 3, 12)
  })
  test('without rows is no error: every metric says so', async () => {
    const p = await readPredictions(table({ label: [], score: [] }), { type: 'binary' })
    for (const metric of evaluate(p)) expect(metric.undefined).toBe('there are no rows')
  })

  const refused: [string, Record<string, Values>, string, object][] = [
    [
      'an empty label',
      { label: ['yes', null, 'no'], prediction: ['yes', 'yes', 'no'] },
      'VALUE_MISSING',
      { file: 'p.csv', line: 3 },
    ],
    ['an empty score', { label: ['yes', 'no'], score: [null, 0.1] }, 'SCORE_NOT_FINITE', { line: 2 }],
    ['a score that is not a number', { label: [1, 0], score: [Number.NaN, 0.1] }, 'SCORE_NOT_FINITE', { line: 2 }],
    ['text scores', { label: [1, 0], score: ['high', 'low'] }, 'VALUE_NOT_NUMERIC', { line: 2 }],
    ['a margin without predicted classes', { label: [1, 0], score: [2.5, 0.1] }, 'SCORE_NOT_PROBABILITY', { line: 2 }],
    ['a prediction in other words', { label: ['yes', 'no'], prediction: ['Yes', 'no'] }, 'CLASS_UNKNOWN', { line: 2 }],
    ['a probability as prediction', { label: [1, 0], prediction: [1, 0.4] }, 'CLASS_UNKNOWN', { line: 3 }],
    ['no label column', { lable: [1, 0], score: [0.5, 0.1] }, 'COLUMN_MISSING', { key: 'predictions.label' }],
    ['nothing predicted', { label: [1, 0] }, 'PREDICTION_MISSING', {}],
    ['a negative weight', { label: [1, 0], score: [0.5, 0.1], weight: [1, -1] }, 'WEIGHT_INVALID', { line: 3 }],
    [
      'a class without scores',
      { label: ['a', 'b', 'd'], score_a: [1, 0, 0], score_b: [0, 1, 0], score_c: [0, 0, 1] },
      'SCORES_MISSING',
      {},
    ],
  ]
  for (const [name, columns, code, where] of refused)
    test(`${name} is refused`, async () => {
      await expect(readPredictions(table(columns), {}, {}, 'p.csv')).rejects.toMatchObject({ code, where })
    })
})

describe('slices', () => {
  const rows = { label: [1, 0, 1, 0], score: [0.9, 0.2, 0.4, 0.6], plan: ['m', 'm', 'y', 'y'] }
  test('split the rows by value and name themselves in the metrics', async () => {
    const p = await readPredictions(table(rows), {})
    expect(bySlice(p, 'plan').map(({ slice, predictions }) => [slice, predictions.rows])).toEqual([
      ['plan = m', 2],
      ['plan = y', 2],
    ])
    expect(evaluateSlices(p, ['plan'], { metrics: ['accuracy'] })).toMatchObject([
      { name: 'accuracy', value: 1, slice: 'plan = m', n: 2 },
      { name: 'accuracy', value: 0, slice: 'plan = y' },
    ])
  })
  test('an unknown column names the nearest', async () => {
    const p = await readPredictions(table(rows), {})
    expect(() => bySlice(p, 'plam')).toThrow(
      expect.objectContaining({ code: 'SLICE_UNKNOWN', help: 'Did you mean "plan"?' }),
    )
  })
  test('a column of names is no slice', async () => {
    const n = 150
    const p = await readPredictions(
      table({
        label: Array.from({ length: n }, (_, i) => i % 2),
        score: new Array(n).fill(0.5),
        who: Array.from({ length: n }, (_, i) => `p${i}`),
      }),
      {},
    )
    expect(() => bySlice(p, 'who')).toThrow(expect.objectContaining({ code: 'SLICES_TOO_MANY' }))
  })
})
