// Checks a month against January on your own machine, as the workflow does on GitHub: `node check.mjs MONTH.csv [REFERENCE]`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [current, reference = 'data/flights-2013-01.csv'] = process.argv.slice(2)
if (current === undefined) {
  console.error('Name the data to check: node check.mjs data/flights-2013-07.csv')
  process.exit(2)
}
const action = fileURLToPath(new URL('../../dist/drift-check.js', import.meta.url))
const temporary = mkdtempSync(join(tmpdir(), 'flights-'))
const node24 = fileURLToPath(new URL('../../scripts/node24.mjs', import.meta.url))
const { status } = spawnSync(process.execPath, [node24, action], {
  stdio: 'inherit',
  env: {
    ...process.env,
    GITHUB_WORKSPACE: process.cwd(),
    RUNNER_TEMP: temporary,
    INPUT_REFERENCE: reference,
    INPUT_CURRENT: current,
    'INPUT_OUTPUT-DIRECTORY': 'report',
  },
})
rmSync(temporary, { recursive: true })
if (status === 0 || status === 1) console.log('The report: report/drift.html')
process.exit(status ?? 2)
