// The change detectors against the real river, on random streams with random parameters: the same change points and the same
// warnings, also where the state goes through JSON at random places.
//
//   node scripts/node24.mjs test/interop/detectors.ts VENV [--seed N] [--streams N]
//
// VENV: a virtual environment that holds river.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  adwin,
  type ChangeDetector,
  ddm,
  eddm,
  kswin,
  pageHinkley,
  randomStream,
} from '../../packages/statistics/index.ts'

const detectors = { DDM: ddm, EDDM: eddm, ADWIN: adwin, PageHinkley: pageHinkley, KSWIN: kswin }
type Start = (parameters?: object, state?: unknown) => ChangeDetector<unknown>

interface Case {
  detector: keyof typeof detectors
  parameters: Record<string, number | string>
  values: number[]
  warnings: number[]
  drifts: number[]
}

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, streams: { type: 'string', default: '1000' } },
})
assert.equal(positionals.length, 1, 'Give the folder of the virtual environment.')
const folder = await mkdtemp(join(tmpdir(), 'detectors-'))
let cases: Case[]
try {
  const program = fileURLToPath(new URL('detectors.py', import.meta.url))
  const file = join(folder, 'cases.json')
  execFileSync(resolve(positionals[0]!, 'bin/python'), [program, file, options.seed, options.streams], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  cases = JSON.parse(await readFile(file, 'utf8'))
} finally {
  await rm(folder, { recursive: true, force: true })
}

const random = randomStream(Number(options.seed))
const seen = new Map<string, { streams: number; drifts: number; warnings: number }>()
const differences: string[] = []
for (const one of cases) {
  const found = { drift: [] as number[], warning: [] as number[] }
  const parameters = Object.fromEntries(
    Object.entries(one.parameters).map(([name, value]) => [name.replace(/_(.)/g, (_, c) => c.toUpperCase()), value]),
  )
  const start = detectors[one.detector] as Start
  let detector = start(parameters)
  one.values.forEach((value, i) => {
    if (random() % 50 === 0) detector = start(parameters, JSON.parse(JSON.stringify(detector.state())))
    const said = detector.update(value)
    if (said !== 'none') found[said].push(i)
  })
  const total = seen.get(one.detector) ?? { streams: 0, drifts: 0, warnings: 0 }
  total.streams++
  total.drifts += one.drifts.length
  total.warnings += one.warnings.length
  seen.set(one.detector, total)
  const told = (points: { drift: number[]; warning: number[] }) => JSON.stringify(points)
  const theirs = { drift: one.drifts, warning: one.warnings }
  if (told(found) !== told(theirs)) {
    differences.push(
      `${one.detector} ${JSON.stringify(one.parameters)}, ${one.values.length} values: ${told(found)}, not ${told(theirs)}`,
    )
  }
}

for (const one of differences.slice(0, 20)) console.log(one)
for (const [name, { streams, drifts, warnings }] of seen) {
  console.log(`${name}: ${streams} streams, ${drifts} change points, ${warnings} warnings`)
  assert(drifts > 0, `${name} called no change: there was nothing to compare`)
}
console.log(`${differences.length} differences`)
assert.equal(seen.size, Object.keys(detectors).length, 'Not every detector was compared.')
assert.equal(differences.length, 0)
