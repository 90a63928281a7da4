import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { actions } from '../actions/pack.ts'
import { scannerModule } from '../scripts/assembly.ts'
import { generated } from '../scripts/docs.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = readdirSync(join(root, 'actions'), { withFileTypes: true })
  .filter((e) => e.isDirectory())
  .map((e) => e.name)

describe('what follows from the code', () => {
  it('is up to date: action.yml, README tables, JSON Schema (mend with `npm run docs`)', async () => {
    const files = await generated()
    const stale = Object.entries(files).filter(
      ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
    )
    expect(stale.map(([path]) => path)).toEqual([])
  })

  it('is up to date: the scanner (mend with `npm run assembly`)', async () => {
    expect(readFileSync(join(root, 'packages/table/scanner-wasm.ts'), 'utf8')).toBe(await scannerModule())
  })

  it('has every action in the pack, and in the pack no other', () => {
    expect(Object.keys(actions).sort()).toEqual([...folders].sort())
  })

  it('runs every action on the same Node, from a stub that is there', () => {
    for (const folder of folders) {
      const { runs } = parse(readFileSync(join(root, 'actions', folder, 'action.yml'), 'utf8')) as {
        runs: { using: string; main: string }
      }
      expect(runs.using).toBe('node24')
      expect(existsSync(join(root, 'actions', folder, runs.main))).toBe(true)
    }
  })
})
