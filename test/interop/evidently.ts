// The drift preset `evidently` against the real Evidently on random tables: either side of 1000 rows, ties, nulls, booleans, whole
// numbers, categories that are new: the same test, score, threshold and verdict for every column, the same share of the data; and no
// score of ours where the library raises or gives NaN.
//
//   node scripts/node24.mjs test/interop/evidently.ts VENV [--seed N] [--tables N]
//
// VENV: a virtual environment that holds evidently.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { beside, type EvidentlyCase } from '../../packages/drift/fixtures/evidently.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, tables: { type: 'string', default: '6' } },
})
assert.equal(positionals.length, 1, 'Give the folder of the virtual environment.')
const folder = await mkdtemp(join(tmpdir(), 'evidently-'))
const differences: string[] = []
const compared = new Map<string, number>()
try {
  const program = fileURLToPath(new URL('evidently-peer.py', import.meta.url))
  execFileSync(resolve(positionals[0]!, 'bin/python'), [program, folder, values.seed, values.tables], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const cases: EvidentlyCase[] = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8'))
  for (const [i, one] of cases.entries()) {
    const found = await beside(one)
    differences.push(...found.differences.map((difference) => `table ${i}: ${difference}`))
    for (const [name, count] of Object.entries(found.compared)) compared.set(name, (compared.get(name) ?? 0) + count)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

for (const one of differences.slice(0, 40)) console.log(one)
console.log(
  `${[...compared].map(([name, count]) => `${name} ${count}`).join(', ')}: compared; ${differences.length} differences`,
)
assert.equal(differences.length, 0)
