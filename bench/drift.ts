// Two CSV files of twenty columns compared as drift-check does, by Evidently's DataDriftPreset and by scipy by hand: whole
// processes, in turns; then wider and wider files, compared here alone. `node scripts/node24.mjs bench/drift.ts PYTHON [ROUNDS]
// [ROWS ... wide]`; PYTHON has evidently 0.7, scipy, numpy and pandas 2. Without sizes: 100000 1000000 wide.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.ts'
import { compareProcesses, measured } from './processes.ts'
import { printTable } from './table.ts'

/** What bench/drift.py moves in the current file. */
const planted = 'amount,visits,plan'
const [python, rounds = '3', ...given] = process.argv.slice(2)
const sizes = given.length > 0 ? given : ['100000', '1000000', 'wide']
const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'drift-bench-'))
const [program, peers] = [join(folder, 'drift.mjs'), join(here, 'drift.py')]
const [before, after] = [join(folder, 'reference.csv'), join(folder, 'current.csv')]
try {
  await bundle(join(here, 'drift-one.ts'), program)
  for (const rows of sizes.filter((size) => size !== 'wide').map(Number)) {
    measured([python!, peers, 'generate', before, after, String(rows)])
    compareProcesses(
      `drift, ${rows.toLocaleString('en')} + ${rows.toLocaleString('en')} x 20 CSV`,
      {
        'drift-check': [process.execPath, program, before, after, planted],
        'Evidently, DataDriftPreset': [python!, peers, 'evidently', before, after],
        'scipy, by hand': [python!, peers, 'scipy', before, after],
      },
      Number(rounds),
    )
  }
  const widths = sizes.includes('wide') ? [100, 500, 1000] : []
  const wide = widths.map((columns) => {
    measured([python!, peers, 'generate', before, after, '100000', String(columns)])
    const { wall, cpu, memory } = measured([process.execPath, program, before, after, ''])
    return {
      'drift, 100,000 + 100,000 rows': `${columns} columns`,
      'wall s': wall.toFixed(1),
      'ms a column': ((1000 * wall) / columns).toFixed(1),
      'cpu s': cpu.toFixed(1),
      'peak MB': memory.toFixed(0),
      'MB a column': (memory / columns).toFixed(2),
    }
  })
  if (wide.length > 0) printTable(wide)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
