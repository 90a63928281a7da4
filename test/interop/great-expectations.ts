// The validation room against the real Great Expectations, on random tables with nulls, dates, booleans and Unicode: for every
// expectation the same success and the same counts, and never a pass where the library fails or raises. On purpose left out:
// text such as 007 and the sign of -0.0, which pandas reads as 7 and -0.0, and whether truth values increase. Adding an expectation to great-expectations.py adds its cases.
//
//   node scripts/node24.mjs test/interop/great-expectations.ts VENV [--seed N] [--tables N]
//
// VENV: a virtual environment that holds great_expectations.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseSuite, validateFiles } from '../../packages/validation/index.ts'
import { ParameterError, withParameters } from '../../packages/validation/suite-parameters.ts'
import type { Check, Json, JsonObject } from '../../packages/verdict/index.ts'

interface Answer {
  success: boolean
  /** It raised instead of judging. */
  error: boolean
  result: Record<string, Json>
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, tables: { type: 'string', default: '25' } },
})
assert.equal(positionals.length, 1, 'Give the folder of the virtual environment.')
const folder = await mkdtemp(join(tmpdir(), 'great-expectations-'))
const differences: string[] = []
const judged = new Map<string, number>()
let raised = 0
let expressions = 0
const now = new Date()
try {
  const program = fileURLToPath(new URL('great-expectations.py', import.meta.url))
  execFileSync(resolve(positionals[0]!, 'bin/python'), [program, folder, values.seed, values.tables], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const cases = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8')) as {
    csv: string
    suite: string
    answers: Answer[]
  }[]
  for (const { csv, suite: text, answers } of cases) {
    const suite = parseSuite(text, 'suite.json', now)
    const source = { name: csv, open: () => createReadStream(join(folder, csv)) }
    const checks = await validateFiles([source], suite)
    for (const [i, answer] of answers.entries()) {
      const check = checks[i]!
      const { type, kwargs, condition } = suite.expectations[i]!
      judged.set(type, (judged.get(type) ?? 0) + 1)
      if (answer.error) raised++
      const difference = compare(check, answer)
      if (difference !== undefined) {
        const where = condition === undefined ? '' : ` where ${JSON.stringify(condition.written)}`
        differences.push(
          `${csv}: ${type} ${JSON.stringify(kwargs)}${where}: ${difference} (${check.detail ?? check.observed})`,
        )
      }
    }
  }
  const { values: parameters, answers } = JSON.parse(await readFile(join(folder, 'parameters.json'), 'utf8')) as {
    values: JsonObject
    answers: [text: string, value: Json, hasClock: boolean][]
  }
  for (const [text, theirs, hasClock] of answers) {
    const ours = parameter(text, parameters)
    expressions++
    // What holds now() is another text at another time; what only the library makes something of is refused here.
    if (hasClock || (ours === null && isLax(theirs))) continue
    if (!same(ours, theirs)) differences.push(`${text} is ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** What an expression of a suite parameter gives; null where it is refused. */
function parameter(text: string, parameters: JsonObject): Json {
  try {
    return withParameters({ value: { $PARAMETER: text } }, { values: parameters, now }).value!
  } catch (error) {
    if (error instanceof ParameterError) return null
    throw error
  }
}

/** NaN, infinities and whole numbers that no double holds. */
function isLax(of: Json): boolean {
  return typeof of === 'number' && !Number.isSafeInteger(Math.trunc(of))
}

/** How a check differs from the library's answer; undefined where it does not. */
function compare(check: Check, { success, error, result }: Answer): string | undefined {
  // Without a row to judge the library passes or stumbles; here a guard fails whatever the expectation says.
  const judgedNone = result.element_count === 0 || result.element_count === result.missing_count
  if (judgedNone || check.evidence.element_count === 0) return undefined
  if (error) return check.status === 'passed' ? 'passed, but the library raises' : undefined
  const status = success ? 'passed' : 'failed'
  if (check.status !== status) return `${check.status}, but the library says ${status}`
  for (const [key, theirs] of Object.entries(result)) {
    const ours = check.evidence[key]
    if (ours !== undefined && !same(ours, theirs))
      return `${key} ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}`
  }
  return undefined
}

function same(ours: Json, theirs: Json): boolean {
  if (typeof ours === 'number' && typeof theirs === 'number')
    return Math.abs(ours - theirs) <= 1e-9 * Math.max(1, Math.abs(theirs))
  if (Array.isArray(ours) && Array.isArray(theirs))
    return ours.length === theirs.length && ours.every((one, i) => same(one, theirs[i]!))
  if (typeof ours === 'object' && ours !== null && typeof theirs === 'object' && theirs !== null)
    return Object.entries(theirs).every(([key, value]) => same((ours as Record<string, Json>)[key] ?? null, value))
  return ours === theirs
}

for (const one of differences.slice(0, 40)) console.log(one)
const total = [...judged.values()].reduce((a, b) => a + b, 0)
console.log(
  `${total} expectations of ${judged.size} kinds and ${expressions} expressions compared, ${raised} raised; ${differences.length} differences`,
)
assert.equal(differences.length, 0)
