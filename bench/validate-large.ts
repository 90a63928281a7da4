// data-validate, bundled from its sources, on CSV of 1, 2, 4 and 5 GB: time grows with the size, memory does not.
// `node scripts/node24.mjs bench/validate-large.ts PYTHON`; PYTHON has numpy and pandas, and 6 GB of disk are free. Where
// this may make a control group (as root, cgroup v1 or v2), the kernel holds the memory to the limit; else it is compared.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { growingCsv } from './growing-csv.ts'
import { bundledAction, judge } from './judging.ts'
import { measured } from './processes.ts'
import { printTable } from './table.ts'

const limit = 512
const [python] = process.argv.slice(2)
const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'validate-large-'))
const workspace = join(folder, 'work')
mkdirSync(workspace)

/** What is expected of every row; what keeps the different values of a column (unique, median) grows with the rows. */
const growing = /_to_be_unique|median|unique_value_count|table_row_count/
const { expectations } = JSON.parse(readFileSync(join(here, 'validate-suite.json'), 'utf8')) as {
  expectations: { type: string }[]
}
const kept = expectations.filter(({ type }) => !growing.test(type))

/** A group that the kernel holds to the limit; undefined where none can be made. */
function controlGroup(): { place: string; procs: string } | undefined {
  const name = `validate-large-${process.pid}`
  for (const [root, file] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
    ['/sys/fs/cgroup', 'memory.max'],
  ] as const) {
    const place = join(root, name)
    try {
      mkdirSync(place)
      if (existsSync(join(place, file))) {
        writeFileSync(join(place, file), String(limit * 2 ** 20))
        return { place, procs: join(place, 'cgroup.procs') }
      }
      rmdirSync(place)
    } catch {}
  }
  return undefined
}

const group = controlGroup()
const prefix = group === undefined ? [] : ['sh', '-c', `echo $$ > '${group.procs}' && exec "$@"`, 'sh']
const rows: object[] = []
try {
  const program = await bundledAction(folder)
  const part = join(folder, 'part.csv')
  measured([python!, join(here, 'profile.py'), 'generate', part, '1000000'])
  writeFileSync(join(workspace, 'suite.json'), JSON.stringify({ name: 'large', expectations: kept }))
  writeFileSync(join(workspace, 'mlops.yaml'), '')
  for (const size of growingCsv(join(workspace, 'data.csv'), part, [1, 2, 4, 5])) {
    const found = await judge(program, workspace, { data: 'data.csv', suite: 'suite.json' }, { seconds: 3600, prefix })
    rows.push({
      GB: size.toFixed(2),
      rows: Number(found.rows).toLocaleString('en'),
      verdict: found.verdict,
      'wall s': found.wall.toFixed(1),
      'cpu s': found.cpu.toFixed(1),
      'cpu s / GB': (found.cpu / size).toFixed(1),
      'peak MB': Math.round(found.peak),
    })
    console.error(JSON.stringify(rows.at(-1)))
    if (found.verdict !== 'passed' || found.peak > limit) process.exitCode = 1
  }
} finally {
  if (group !== undefined) rmdirSync(group.place)
  rmSync(folder, { recursive: true, force: true })
}
printTable(rows)
console.log(
  `${kept.length} expectations; ${group === undefined ? 'compared with' : 'held by the kernel to'} ${limit} MB`,
)
