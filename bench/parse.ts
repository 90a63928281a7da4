// Reading CSV into typed columns, beside DuckDB's reader delivering typed arrays to Node and pandas' read_csv: whole
// processes from a cold start, in turn, with ratios round by round. `npm run bench:parse [ROWS]`, and
// `npm run bench:parse large` for 1, 2, 4 and 5 GB: time grows with the size, memory does not.
//
// The peers are no dependencies of the project: DuckDB (70 MB) is installed into a folder of the system's for temporary
// files; pandas is used where `PYTHON` (default python3) has it.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.ts'
import { growingCsv } from './growing-csv.ts'
import { printTable } from './table.ts'

const here = fileURLToPath(new URL('parse', import.meta.url))
const [what = '1000000'] = process.argv.slice(2)
const rounds = 5
const memoryLimit = 512
const folder = mkdtempSync(join(tmpdir(), 'bench-parse-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

interface Measured {
  rows: number
  /** Seconds from start to end, and of all processors. */
  wall: number
  cpu: number
  /** MB. */
  peak: number
}

/** Runs a program that ends with a line of JSON: rows, cpu, peak. */
function run(words: string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(words[0]!, words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', (code) => {
      const wall = (performance.now() - start) / 1000
      if (code === 0) resolve({ ...(JSON.parse(output) as Omit<Measured, 'wall'>), wall })
      else reject(new Error(`${words.join(' ')} ended with ${code}`))
    })
  })
}

/** A program on the project's own Node, bundled as users run it. */
async function ours(): Promise<string[]> {
  const outfile = join(folder, 'ours.mjs')
  await bundle(join(here, 'ours.ts'), outfile)
  return [process.execPath, outfile]
}

function duckdb(): string[] {
  const place = join(tmpdir(), 'bench-parse-duckdb')
  if (!existsSync(join(place, 'node_modules/@duckdb/node-api'))) {
    mkdirSync(place, { recursive: true })
    const npm = spawnSync('npm', ['install', '--prefix', place, '--no-audit', '--no-fund', '@duckdb/node-api'], {
      stdio: 'inherit',
    })
    if (npm.status !== 0) throw new Error('DuckDB could not be installed')
  }
  return [process.execPath, join(here, 'duckdb.mjs'), place]
}

function pandas(): string[] | undefined {
  const python = process.env.PYTHON ?? 'python3'
  if (spawnSync(python, ['-c', 'import pandas']).status === 0) return [python, join(here, 'pandas_read.py')]
  console.log(`${python} has no pandas: left out. (PYTHON=path/to/venv/bin/python)`)
  return undefined
}

/** Rows of 20 columns: whole and decimal numbers, categories, a boolean, dates, texts that differ, nulls. */
function mixed(row: number, random: () => number): string {
  const whole = (to: number) => Math.floor(random() * to)
  const number = () => ((random() - 0.5) * 400).toFixed(4)
  const date = new Date(1.577e12 + whole(1500) * 864e5).toISOString()
  const time = new Date(1.577e12 + whole(1e8) * 1000).toISOString()
  const category = random() < 0.05 ? '' : `cat${whole(25)}`
  const numbers = Array.from({ length: 6 }, number)
  return [
    ...[whole(200000) - 100000, whole(200000), whole(900), whole(90) - 45, ...numbers],
    ...[
      `cat${whole(5)}`,
      category,
      `"${whole(45)}, of many"`,
      random() < 0.3,
      date.slice(0, 10),
      `${time.slice(0, 19)}Z`,
    ],
    ...[1000000 + row, `customer note ${whole(1e6)} of many`, random() < 0.1 ? '' : random().toFixed(5)],
    `user${whole(200000)}@example.com`,
  ].join(',')
}

function numeric(_row: number, random: () => number): string {
  return Array.from({ length: 20 }, () => (random() * 100).toFixed(4)).join(',')
}

function makeCsv(name: string, rows: number, rowOf: (row: number, random: () => number) => string): string {
  const path = join(folder, `${name}.csv`)
  const file = openSync(path, 'w')
  let seed = 20260101
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed / 2 ** 32
  }
  writeSync(file, `${Array.from({ length: 20 }, (_, i) => `x${i}`).join(',')}\n`)
  for (let row = 0; row < rows; ) {
    const lines: string[] = []
    for (const end = Math.min(rows, row + 10000); row < end; row++) lines.push(rowOf(row, random))
    writeSync(file, `${lines.join('\n')}\n`)
  }
  closeSync(file)
  return path
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
const shown = (value: number) => value.toFixed(2)

async function compare(path: string, programs: Record<string, string[]>): Promise<void> {
  const runs: Record<string, Measured[]> = {}
  for (let round = 0; round <= rounds; round++) {
    for (const [name, words] of Object.entries(programs)) {
      const found = await run([...words, path])
      // The first round warms the disk's cache.
      if (round > 0) runs[name] = [...(runs[name] ?? []), found]
    }
  }
  const own = runs.ours!
  printTable(
    Object.entries(runs).map(([name, of]) => ({
      program: name,
      rows: of[0]!.rows,
      'wall s': shown(median(of.map((one) => one.wall))),
      'cpu s': shown(median(of.map((one) => one.cpu))),
      'peak MB': Math.round(median(of.map((one) => one.peak))),
      'wall / ours': shown(median(of.map((one, i) => one.wall / own[i]!.wall))),
      'cpu / ours': shown(median(of.map((one, i) => one.cpu / own[i]!.cpu))),
    })),
  )
}

async function large(program: string[]): Promise<void> {
  const part = makeCsv('part', 250_000, mixed)
  const path = join(folder, 'large.csv')
  const table: object[] = []
  let worst = 0
  for (const size of growingCsv(path, part, [1, 2, 4, 5])) {
    const { rows, wall, cpu, peak } = await run([...program, path])
    worst = Math.max(worst, peak)
    table.push({
      GB: shown(size),
      rows,
      'wall s': shown(wall),
      'cpu s': shown(cpu),
      'cpu s / GB': shown(cpu / size),
      'peak MB': Math.round(peak),
    })
  }
  printTable(table)
  console.log(`peak ${Math.round(worst)} MB of ${memoryLimit} MB`)
  if (worst > memoryLimit) process.exitCode = 1
}

const program = await ours()
if (what === 'large') await large(program)
else {
  const peers = pandas()
  const duck = duckdb()
  const programs = {
    ours: program,
    'DuckDB, typed arrays and texts': duck,
    'DuckDB, typed arrays alone': [...duck, '--no-texts'],
    ...(peers ? { pandas: peers } : {}),
  }
  for (const [name, rowOf] of Object.entries({ mixed, numeric })) {
    const path = makeCsv(name, Number(what), rowOf)
    console.log(`\n${name}: ${Number(what).toLocaleString('en')} x 20, ${(statSync(path).size / 1e6).toFixed(0)} MB\n`)
    await compare(path, programs)
    rmSync(path)
  }
}
