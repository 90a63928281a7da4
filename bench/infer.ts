// False alarms of proposed suites on rows held out, over many splits of real files:
// `node scripts/node24.mjs bench/infer.ts SPLITS FILE…`. At most 1 % of the suites that have a rule may raise it.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { falseAlarms } from '../packages/validation/held-out.fixture.ts'
import { printTable } from './table.ts'

const [splits, ...files] = process.argv.slice(2)
const percent = (share: number) => `${(100 * share).toFixed(2)} %`
const rows: object[] = []
for (const file of files) {
  for (const share of [0.5, 0.2, 0.1]) {
    const { rules, ownFailed } = await falseAlarms(readFileSync(file, 'utf8'), share, Number(splits))
    const told = [...rules].map(([id, { proposed, alarms }]) => ({ id, proposed, alarms, share: alarms / proposed }))
    const sum = (of: 'proposed' | 'alarms') => told.reduce((total, rule) => total + rule[of], 0)
    const worst = told.reduce((a, b) => (b.share > a.share ? b : a))
    rows.push({
      file: basename(file),
      'held out': percent(share),
      rules: told.length,
      'false alarms': percent(sum('alarms') / sum('proposed')),
      'worst rule': worst.alarms === 0 ? 'none' : `${percent(worst.share)} ${worst.id}`,
      'not passed on its own rows': ownFailed,
    })
  }
}
printTable(rows)
