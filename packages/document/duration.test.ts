import { expect, test } from 'vitest'
import { duration, milliseconds } from './duration.ts'

test('a length of time is a number with its unit', () => {
  expect(['30m', '24h', '7d'].map(milliseconds)).toEqual([1_800_000, 86_400_000, 604_800_000])
  for (const text of ['1 day', '24', 'h', '-1h', '1.5h', '1w', '24h\n']) {
    expect(duration.safeParse(text).success).toBe(false)
    expect(() => milliseconds(text)).toThrow('is no length of time')
  }
})
