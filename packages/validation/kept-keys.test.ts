import { expect, it } from 'vitest'
import { NotJudgeable } from './definition.ts'
import { KeptKeys } from './kept-keys.ts'

it('has room for so many in all, and gives back what a judge had that found none', () => {
  const kept = new KeptKeys(5)
  const [one, two] = [kept.open(), kept.open()]
  for (let i = 0; i < 3; i++) one()
  for (let i = 0; i < 2; i++) two()
  expect(one).toThrow(NotJudgeable)
  for (let i = 0; i < 3; i++) two()
  expect(two).toThrow('more different values in memory')
})
