// A suite of thirty expectations on CSV of twenty columns, judged here, by Great Expectations, by the same checks in pandera, and
// by hand in polars: whole processes, in turns. `node scripts/node24.mjs bench/validate.ts PYTHON [ROUNDS]`; PYTHON has
// great_expectations, pandera and polars.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.ts'
import { compareProcesses, measured } from './processes.ts'

const [python, rounds = '3'] = process.argv.slice(2)
const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'validate-bench-'))
const [program, peers, suite] = [
  join(folder, 'validate.mjs'),
  join(here, 'validate.py'),
  join(here, 'validate-suite.json'),
]
try {
  await bundle(join(here, 'validate-one.ts'), program)
  for (const rows of [100_000, 1_000_000]) {
    const file = join(folder, `${rows}.csv`)
    measured([python!, join(here, 'profile.py'), 'generate', file, String(rows)])
    compareProcesses(
      `30 expectations, ${rows.toLocaleString('en')} x 20 CSV`,
      {
        'this validation': [process.execPath, program, file, suite],
        'Great Expectations': [python!, peers, 'great_expectations', file, suite],
        pandera: [python!, peers, 'pandera', file],
        'polars, by hand': [python!, peers, 'polars', file],
      },
      Number(rounds),
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
