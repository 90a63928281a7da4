import { check, type JsonObject, verdict } from '@mlops-actions/verdict'
import { expect, it } from 'vitest'
import { offenders, shownValue } from './offenders.ts'

const found = (evidence: JsonObject, files = ['a.csv']) => {
  const one = check(false, { id: 'x', title: 'x', subject: 'x', observed: '', expected: '', evidence })
  const of = verdict('validation', {}, [one], { files: files.map((path) => ({ path })) })
  return offenders(one, of)
}

it('puts values that are equal together, with their lines, and says how many more there are', () => {
  const evidence = {
    unexpected_count: 40,
    partial_unexpected_list: [-1, 999, -1],
    unexpected_rows: [3, 4, 9],
    unexpected_files: ['a.csv', 'a.csv', 'a.csv'],
  }
  expect(found(evidence)).toEqual({
    seen: [
      { value: '-1', places: 'lines 3, 9' },
      { value: '999', places: 'line 4' },
    ],
    rest: '37 more',
  })
})

it('names the file where the data are several, once where it is one', () => {
  const evidence = (files: string[]) => ({
    unexpected_count: 2,
    partial_unexpected_list: ['x', 'x'],
    unexpected_rows: [3, 9],
    unexpected_files: files,
  })
  const all = ['a.csv', 'b.parquet']
  expect(found(evidence(all), all).seen).toEqual([{ value: 'x', places: 'a.csv line 3; b.parquet row 9' }])
  expect(found(evidence(['a.csv', 'a.csv']), all)).toMatchObject({ file: 'a.csv', seen: [{ places: 'lines 3, 9' }] })
})

it('shows no list of nulls, and says where values are hidden', () => {
  const rows = { unexpected_count: 1, unexpected_rows: [3] }
  expect(found({ ...rows, partial_unexpected_list: [null] })).toEqual({ seen: [{ places: 'line 3' }], rest: '' })
  expect(found({ ...rows, redacted: true })).toEqual({
    seen: [{ places: 'line 3' }],
    rest: 'values not shown: sensitive',
  })
})

it('lists different values where no lines are known', () => {
  const values = Array.from({ length: 20 }, (_, i) => `v${i % 10}`)
  const { seen, rest } = found({ partial_unexpected_list: values })
  expect([seen.map(({ value }) => value).join(' '), rest]).toEqual(['v0 v1 v2 v3 v4 v5 v6 v7', '2 more'])
})

it('shows the ends of a text, and cuts what is long', () => {
  expect(['One year ', '', 'a', 5, null, { a: 1 }].map(shownValue)).toEqual([
    '"One year "',
    '""',
    'a',
    '5',
    'null',
    '{"a":1}',
  ])
  expect([...shownValue('🙂'.repeat(10_000))]).toHaveLength(60)
})
