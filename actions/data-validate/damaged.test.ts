import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damaged, damages, judged, type Original, originals } from './damaged.fixture.ts'

let folder: string
let files: Original[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'damaged-'))
  files = await originals()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a damaged file', () => {
  it('is refused or judged, and where its format tells of damage, refused', async () => {
    const whole = new Map<string, string>()
    for (const { name, bytes } of files) {
      const { verdict, profile } = await judged(folder, name, bytes)
      expect(verdict).toBe(name.endsWith('.parquet') ? 'failed' : 'passed')
      whole.set(name, profile!)
    }
    const index = fc.nat(files.length - 1)
    await fc.assert(
      fc.asyncProperty(index, index, damages, async (one, two, damage) => {
        const file = files[one]!
        const bytes = damaged(file.bytes, damage, files[two]!.bytes)
        const outcome = await judged(folder, file.name, bytes)
        expect(outcome.refused ?? outcome.verdict).toMatch(/^[A-Z_]+$|^passed$|^warned$|^failed$/)
        if (damage.kind === 'cut' && file.knowsItsEnd) expect(outcome.verdict).not.toBe('passed')
        if (damage.kind === 'flip' && file.knowsItsBytes && outcome.verdict === 'passed')
          expect(outcome.profile).toBe(whole.get(file.name))
      }),
      { numRuns: 400 },
    )
  })

  it('that ends within quotes is refused, wherever it is cut', async () => {
    const csv = files.find(({ name }) => name === 'a.csv')!.bytes
    const text = csv.toString('latin1')
    const within = [...text.matchAll(/"(?:[^"]|"")*"/g)].flatMap(({ index, 0: cell }) => [
      index + 1,
      index + cell.length - 1,
    ])
    for (const at of within.slice(0, 40))
      expect(await judged(folder, 'a.csv', csv.subarray(0, at))).toMatchObject({ refused: expect.any(String) })
  })
})
