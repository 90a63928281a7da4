import { check } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { changesOf, columnChanges, mostMoved } from './column-changes.ts'
import { current, reference } from './report.fixture.ts'

const [tenure, , contract] = reference.columns

describe('changesOf', () => {
  it('compares bins in order of their values, and categories by name', () => {
    const changes = changesOf(tenure, current.columns[0])
    expect(changes.map((c) => c.label).slice(0, 3)).toEqual(['below 3', '3 to 8', '8 to 15'])
    expect(changes.at(-1)).toMatchObject({ label: '69 and above', low: 69, high: Infinity })
    expect(changes.reduce((a, c) => a + c.current, 0)).toBeCloseTo(1, 12)
    expect(changesOf(contract, current.columns[2]).at(-1)).toMatchObject({ label: 'Pay as you go', reference: 0 })
  })

  it('is empty where the two sides were not counted in the same bins', () => {
    expect(changesOf(tenure, current.columns[1])).toEqual([])
    expect(changesOf(tenure, undefined)).toEqual([])
  })

  it('counts what a side folds away as rare on both sides, and never as absent', () => {
    const folding = {
      ...contract!,
      count: contract!.count + 8,
      categories: { ...contract!.categories!, folded: { categories: 2, count: 8 } },
    }
    const changes = changesOf(folding, current.columns[2])
    expect(changes.map((c) => c.label)).toEqual(['Month-to-month', 'Two year', 'One year', '(rare categories)'])
    expect(changes.at(-1)!.reference).toBeCloseTo(8 / 5642, 12)
    expect(changes.at(-1)!.current).toBeCloseTo(34 / 1409, 12)
  })

  it('shows no value of a sensitive column of numbers', () => {
    const changes = changesOf({ ...tenure!, sensitive: true }, current.columns[0])
    expect(changes.map((c) => c.label).slice(0, 2)).toEqual(['bin 1 of 10', 'bin 2 of 10'])
  })
})

describe('columnChanges', () => {
  const evidence = {
    top_changes: [
      { bin: '[3, 8)', reference_share: 0.1, current_share: 0.28 },
      { bin: '< 3', reference_share: 0.2, current_share: 0.1 },
      { bin: '>= 8', reference_share: 0.7, current_share: 0.6 },
      { category: '< 3', reference_share: 0, current_share: 0.01 },
      { bin: '[8, 9)', reference_share: null, current_share: 0.1 },
    ],
  }
  const of = check(false, { id: 'drift.a', title: 'a', subject: 'a', observed: '', expected: '', evidence })

  it("falls back on the check's evidence, its bins in words", () => {
    expect(columnChanges(of).map((c) => c.label)).toEqual(['3 to 8', 'below 3', '8 and above', '< 3'])
  })

  it('marks the largest change and those that come near it', () => {
    expect(mostMoved(columnChanges(of)).map((c) => c.label)).toEqual(['3 to 8', 'below 3', '8 and above'])
    expect(mostMoved([{ label: 'a', reference: 0.5, current: 0.5 }])).toEqual([])
    expect(mostMoved([])).toEqual([])
  })
})
