import { describe, expect, it } from 'vitest'
import { stricterComparison } from './stricter-comparison.ts'

const base = { rules: { metric: 'roc_auc', margin: 0.02 }, from: 'main' }

describe('stricterComparison', () => {
  it('tightens and never loosens', () => {
    const tightened = stricterComparison(base, { rules: { margin: 0.01, metric: 'auc' }, from: 'input', branch: true })
    expect(tightened).toEqual({ rules: { metric: 'roc_auc', margin: 0.01 }, source: 'base', refused: [] })
    const loosened = stricterComparison(base, {
      rules: { margin: 0.5, metric: 'accuracy' },
      from: 'input',
      branch: true,
    })
    expect(loosened.rules).toEqual(base.rules)
    expect(loosened.refused.map((c) => [c.id, c.status])).toEqual([
      ['comparison.rules.margin', 'warned'],
      ['comparison.rules.metric', 'warned'],
    ])
  })

  it('lets a branch not turn an inconclusive comparison into a pass', () => {
    const none = { rules: {}, from: 'main (no rules)' }
    const of = stricterComparison(none, { rules: { on_inconclusive: 'warned' }, from: 'the branch', branch: true })
    expect(of.rules).toEqual({})
    expect(of.refused).toHaveLength(1)
    const own = stricterComparison(none, { rules: { on_inconclusive: 'warned' }, from: 'input' })
    expect(own.rules).toEqual({ on_inconclusive: 'warned' })
  })

  it('marks what only the branch says', () => {
    const of = stricterComparison({ rules: {}, from: 'main' }, { rules: { margin: 0.3 }, from: 'branch', branch: true })
    expect(of).toMatchObject({ rules: { margin: 0.3 }, source: 'branch' })
  })
})
