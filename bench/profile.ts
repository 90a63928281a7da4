// A million rows of twenty columns profiled here, by DuckDB's SUMMARIZE and by pandas' describe: whole processes, in turns.
// `node scripts/node24.mjs bench/profile.ts PYTHON [ROUNDS]`; PYTHON has duckdb and pandas.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.ts'
import { compareProcesses, measured } from './processes.ts'

const rows = 1_000_000
const [python, rounds = '5'] = process.argv.slice(2)
const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'profile-bench-'))
const [file, program, peers] = [join(folder, 'rows.csv'), join(folder, 'profile.mjs'), join(here, 'profile.py')]
try {
  await bundle(join(here, 'profile-one.ts'), program)
  measured([python!, peers, 'generate', file, String(rows)])
  compareProcesses(
    `${rows.toLocaleString('en')} x 20 CSV`,
    {
      'this profile': [process.execPath, program, file, join(folder, 'profile.json')],
      'DuckDB SUMMARIZE': [python!, peers, 'duckdb', file],
      'pandas describe': [python!, peers, 'pandas', file],
    },
    Number(rounds),
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
