import { UserError } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { parseReference } from './reference.ts'

describe('parseReference', () => {
  it.each([
    ['churn@v1.4.0', { kind: 'version', model: 'churn', version: 'v1.4.0' }],
    ['churn@v2.0.0+b.1', { kind: 'version', model: 'churn', version: 'v2.0.0+b.1' }],
    ['churn@v2.0.0-rc.1', { kind: 'version', model: 'churn', version: 'v2.0.0-rc.1' }],
    ['churn#production', { kind: 'stage', model: 'churn', stage: 'production' }],
    ['churn#production#7', { kind: 'stage', model: 'churn', stage: 'production', slot: 7 }],
    ['run:latest', { kind: 'run', run: { latest: true } }],
    ['run:best(roc_auc)', { kind: 'run', run: { best: 'roc_auc' } }],
    [`run:${'0'.repeat(32)}`, { kind: 'run', run: { id: '0'.repeat(32) } }],
    ['data/churn.csv', { kind: 'path', path: 'data/churn.csv' }],
    ['./churn#production', { kind: 'path', path: './churn#production' }],
    ['data/a#b.csv', { kind: 'path', path: 'data/a#b.csv' }],
    ['profile.json', { kind: 'path', path: 'profile.json' }],
  ])('reads %s', (text, expected) => {
    expect(parseReference(text)).toEqual(expected)
  })

  it.each(['churn@1.4.0', 'Churn#production', 'churn#production#0', 'run:abc', 'churn#', 'churn@v1'])(
    'refuses %s',
    (text) => {
      expect(() => parseReference(text)).toThrow(UserError)
    },
  )
})
