import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseVerdict } from '@mlops-actions/verdict'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAction, sourceAction } from '../../local-github/index.ts'

const example = fileURLToPath(new URL('.', import.meta.url))
const january = 'data/flights-2013-01.csv'
const month = (number: string) => `data/flights-2013-${number}.csv`

let root: string
let workspace: string

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'flights-')))
  workspace = join(root, 'work')
  cpSync(example, workspace, { recursive: true })
})
afterAll(() => rmSync(root, { recursive: true }))

/** One of the actions, run on a copy of the example. */
async function run(name: 'data-validate' | 'drift-check', inputs: Record<string, string>) {
  const action = await sourceAction(join(root, name), new URL(`../../actions/${name}/`, import.meta.url))
  const github = { repository: 'octo/flights', runId: 1, job: 'drift', sha: 'a'.repeat(40), eventName: 'schedule' }
  return runAction({ action, workspace, temp: join(root, 'temp'), inputs, github })
}

async function check(current: string, reference = january) {
  const { outputs, stderr, stdout } = await run('drift-check', { reference, current, 'github-token': '' })
  expect(outputs.verdict, stdout + stderr).not.toBe('error')
  const { checks } = parseVerdict(readFileSync(outputs['report-json']!, 'utf8'), 'drift.json')
  return { outputs, checks, columns: JSON.parse(outputs['drifted-columns']!) as string[] }
}

describe('the flights example', () => {
  it('finds no drift in February and March', async () => {
    for (const number of ['02', '03']) {
      const { outputs, columns, checks } = await check(month(number))
      expect(outputs).toMatchObject({ drift: 'none', 'drift-detected': 'false', decision: 'keep', passed: 'true' })
      expect(columns).toEqual([])
      expect(checks.filter((c) => c.status === 'warned')).toEqual([])
    }
  })

  it('finds drift in July: shorter times in the air, more flights late', async () => {
    const { outputs, columns } = await check(month('07'))
    expect(outputs).toMatchObject({ drift: 'moderate', 'drift-detected': 'true', decision: 'investigate' })
    expect(columns).toEqual(['air_time', 'delayed'])
  })

  it("comes to the same with January's profile in place of its rows", async () => {
    const { outputs } = await run('data-validate', { data: january, 'github-token': '' })
    expect(outputs.verdict).toBe('passed')
    const profile = outputs.profile!
    expect(readFileSync(profile).length).toBeLessThan(readFileSync(join(workspace, january)).length / 2)
    for (const number of ['02', '03', '07']) {
      const [raw, small] = [await check(month(number)), await check(month(number), profile)]
      expect(small.columns).toEqual(raw.columns)
      expect(small.outputs.drift).toBe(raw.outputs.drift)
    }
  })

  it("is checked on one's own machine as its README says", () => {
    const checked = (file: string) => spawnSync('node', ['check.mjs', file], { cwd: example, encoding: 'utf8' })
    expect(checked(month('02'))).toMatchObject({ status: 0, stdout: expect.stringContaining('drift passed') })
    expect(checked(month('07')).stdout).toMatch(/drift warned[\s\S]*The report: report\/drift.html/)
  })

  it('names the columns of every month the same, so that none is missing or new', () => {
    const header = (number: string) => readFileSync(join(example, month(number)), 'utf8').split('\n')[0]
    expect(new Set(['01', '02', '03', '07'].map(header)).size).toBe(1)
  })
})
