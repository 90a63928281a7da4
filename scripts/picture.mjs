// The pictures of the documentation, as a headless Chromium shows the pages: the report that the demo left (`npm run demo`
// first), the report of data with planted faults, and the drift report of the flights example.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'picture-'))
try {
  picture(join(root, '.demo/report.html'), 'docs/report.png', [1000, 2560])
  picture(dataReport(), 'docs/data-report.png', [860, 1064])
  picture(driftReport(), 'docs/drift-report.png', [860, 1356])
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function picture(page, file, size) {
  execFileSync(
    process.env.CHROMIUM ?? 'chromium',
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--hide-scrollbars', `--user-data-dir=${folder}/chromium`],
      ...[`--window-size=${size}`, `--screenshot=${join(root, file)}`],
      pathToFileURL(page).href,
    ],
    { stdio: 'ignore' },
  )
}

/** The example's customers, some columns of them, with faults such as a broken export makes. */
function dataReport() {
  const text = readFileSync(join(root, 'examples/churn/data/train.csv'), 'utf8')
  const [names, ...rows] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
  const wanted = ['tenure', 'contract', 'monthly_charges', 'churn']
  const customers = rows.map((row, i) => ({
    ...Object.fromEntries(wanted.map((name) => [name, row[names.indexOf(name)]])),
    email: `customer-${i}@example.com`,
  }))
  for (const i of [40, 311, 312]) customers[i].tenure = String(-1 - i)
  for (const i of [17, 90, 205, 640, 641]) customers[i].contract = i === 205 ? 'One year ' : 'Weekly'
  for (let i = 700; i < 723; i++) customers[i].monthly_charges = ''
  customers[512].email = 'customer 512'

  const lines = [Object.keys(customers[0]), ...customers.map((row) => Object.values(row))].map((row) => row.join(','))
  const suite = `columns:
  tenure: { type: integer, not_null: true, between: [0, 100] }
  contract: { in_set: [Month-to-month, One year, Two year] }
  monthly_charges: { type: number, not_null: true, between: [0, 200], severity: warned }
  churn: { in_set: ["no", "yes"] }
  email: { matches: '^[^@ ]+@[^@ ]+$', unique: true }
`
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data/customers.csv'), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'suite.yaml'), suite)
  writeFileSync(join(folder, 'mlops.yaml'), 'suite: suite.yaml\ndata: { sensitive: [email] }\n')
  const inputs = { INPUT_DATA: 'data/customers.csv', 'INPUT_OUTPUT-DIRECTORY': folder }
  // It ends with 1, because the data break their rules.
  spawnSync(process.execPath, [join(root, 'scripts/node24.mjs'), join(root, 'dist/data-validate.js')], {
    env: { PATH: process.env.PATH, GITHUB_WORKSPACE: folder, RUNNER_TEMP: folder, ...inputs },
  })
  return join(folder, 'validation.html')
}

/** July's flights against January's, after the checks of two other months. */
function driftReport() {
  const page = join(folder, 'drift.html')
  execFileSync(process.execPath, [join(root, 'scripts/node24.mjs'), join(root, 'scripts/drift-page.ts'), page])
  return page
}
