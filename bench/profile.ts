// A million rows of twenty columns profiled here, by DuckDB's SUMMARIZE and by pandas' describe: whole processes, in turns, so
// that a busy machine slows all alike. `node scripts/node24.mjs bench/profile.ts PYTHON [ROUNDS]`; PYTHON has duckdb and pandas.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { printTable } from './table.ts'

const rows = 1_000_000
const [python, rounds = '5'] = process.argv.slice(2)
const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'profile-bench-'))
const [file, bundle, peers] = [join(folder, 'rows.csv'), join(folder, 'profile.mjs'), join(here, 'profile.py')]

// As an action runs it: one bundled file.
await build({
  entryPoints: [join(here, 'profile-one.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url)",
  },
})
const ways: Record<string, [command: string, ...words: string[]]> = {
  'this profile': [process.execPath, bundle, file, join(folder, 'profile.json')],
  'DuckDB SUMMARIZE': [python!, peers, 'duckdb', file],
  'pandas describe': [python!, peers, 'pandas', file],
}

/** Wall and processor seconds, and peak memory in MB, of a whole process (GNU time measures it). */
function measured([command, ...words]: [string, ...string[]]): { wall: number; cpu: number; memory: number } {
  const began = performance.now()
  const { status, stderr } = spawnSync('/usr/bin/env', ['time', '-f', '%U %S %M', command, ...words], {
    encoding: 'utf8',
  })
  const wall = (performance.now() - began) / 1000
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${status}: ${stderr}`)
  const [user, system, kilobytes] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return { wall, cpu: user! + system!, memory: kilobytes! / 1024 }
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

try {
  measured([python!, peers, 'generate', file, String(rows)])
  const runs = new Map(Object.keys(ways).map((name) => [name, [] as ReturnType<typeof measured>[]]))
  for (let round = 0; round < Number(rounds); round++) {
    for (const [name, way] of Object.entries(ways)) runs.get(name)!.push(measured(way))
  }
  const of = (name: string, key: 'wall' | 'cpu' | 'memory') => median(runs.get(name)!.map((run) => run[key]))
  const ours = 'this profile'
  const paired = (name: string) => median(runs.get(name)!.map((run, i) => run.wall / runs.get(ours)![i]!.wall))
  printTable(
    Object.keys(ways).map((name) => ({
      [`${rows.toLocaleString('en')} x 20 CSV`]: name,
      'wall s': of(name, 'wall').toFixed(2),
      'cpu s': of(name, 'cpu').toFixed(2),
      'peak MB': of(name, 'memory').toFixed(0),
      'wall, ratio to this': paired(name).toFixed(2),
      'cpu, ratio to this': (of(name, 'cpu') / of(ours, 'cpu')).toFixed(2),
    })),
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
