// What a step cannot judge ends in one sentence that says what, where and what to do; never in a stack trace or a pass.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ErrorReport } from '@mlops-actions/verdict'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Churn, type Files, gate, type JobOptions, told, train, use, validate } from './churn.ts'

let churn: Churn
beforeAll(async () => {
  churn = await Churn.open()
})
afterAll(() => churn.close())

interface Mistake {
  step: ReturnType<typeof use>
  files?: Files
  /** Links made in the workspace: name -> target. */
  links?: Record<string, string>
  job?: Pick<JobOptions, 'env' | 'token' | 'on'>
  code: string
  /** What the sentence must name. */
  says: (string | RegExp)[]
  /** What error.json says of the place. */
  where?: ErrorReport['where']
}

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 120000\n`
const pull = { number: 1, head: 'refs/heads/main', base: 'refs/heads/main' }
/** Nothing listens on the discard port. */
const nowhere = { GITHUB_API_URL: 'http://127.0.0.1:9' }

const mistakes: Record<string, Mistake> = {
  'a data file that is not there': {
    step: validate({ data: 'data/trian.csv' }),
    code: 'FILE_MISSING',
    says: ['data/trian.csv', /Check the path/],
    where: { file: 'data/trian.csv' },
  },
  'a pattern that matches nothing': {
    step: validate({ data: 'data/*.tsv' }),
    code: 'DATA_NO_MATCH',
    says: ['data/*.tsv', /Check the pattern/],
  },
  'an empty CSV': {
    step: validate({ data: 'data/empty.csv' }),
    files: { 'data/empty.csv': '' },
    code: 'TABLE_EMPTY',
    says: ['data/empty.csv', /header/],
    where: { file: 'data/empty.csv' },
  },
  'a short row': {
    step: validate({ data: 'data/short.csv' }),
    files: { 'data/short.csv': 'tenure,churn\n1,no\n2\n3,yes\n' },
    code: 'TABLE_RAGGED',
    says: ['data/short.csv', /:3\b|line 3/],
    where: { file: 'data/short.csv', line: 3 },
  },
  'bytes that are no text': {
    step: validate({ data: 'data/latin.csv' }),
    files: { 'data/latin.csv': Buffer.from('name,churn\nJos\xe9,no\n', 'latin1') },
    code: 'TABLE_ENCODING',
    says: ['data/latin.csv', /UTF-8/],
  },
  'a Git LFS pointer as data': {
    step: validate({ data: 'data/big.csv' }),
    files: { 'data/big.csv': pointer },
    code: 'LFS_POINTER',
    says: ['data/big.csv', /lfs: true/],
    where: { file: 'data/big.csv' },
  },
  'a Git LFS pointer as a model': {
    step: gate({ 'model-file': 'model.onnx' }),
    files: { 'model.onnx': pointer },
    code: 'MODEL_NOT_ONNX',
    says: ['model.onnx', /lfs: true/],
  },
  'data outside the workspace': {
    step: validate({ data: '../outside.csv' }),
    files: { '../outside.csv': 'tenure\n1\n' },
    code: 'PATH_OUTSIDE',
    says: ['../outside.csv', /inside the checked-out repository/],
  },
  'data outside the workspace, by a link': {
    step: validate({ data: 'data/link.csv' }),
    links: { 'data/link.csv': '/etc/hostname' },
    code: 'PATH_OUTSIDE',
    says: ['data/link.csv', /inside the checked-out repository/],
  },
  'a model outside the workspace, by a linked folder': {
    step: gate({ 'model-file': 'models/model.onnx' }),
    files: { '../models/model.onnx': 'x' },
    links: { models: '../models' },
    code: 'PATH_OUTSIDE',
    says: ['models/model.onnx'],
  },
  'a config-file outside the workspace': {
    step: validate({ 'config-file': '../mlops.yaml' }),
    files: { '../mlops.yaml': 'model: churn\n' },
    code: 'PATH_OUTSIDE',
    says: ['../mlops.yaml'],
  },
  'a config-file outside the workspace, by a link': {
    step: validate({ 'config-file': 'linked.yaml' }),
    files: { '../mlops.yaml': 'model: churn\n' },
    links: { 'linked.yaml': '../mlops.yaml' },
    code: 'PATH_OUTSIDE',
    says: ['linked.yaml'],
  },
  'a report folder outside the workspace': {
    step: validate({ 'output-directory': '/var/reports' }),
    code: 'PATH_OUTSIDE',
    says: ['/var/reports'],
  },
  'a config-file that is not there': {
    step: validate({ 'config-file': 'ml-ops.yaml' }),
    code: 'FILE_MISSING',
    says: ['ml-ops.yaml', /Check the path/],
    where: { file: 'ml-ops.yaml' },
  },
  'a typo in mlops.yaml': {
    step: gate(),
    files: { 'mlops.yaml': 'model: churn\ngates:\n  roc_auc: { threshold: 0.7 }\n' },
    code: 'SETTINGS_INVALID',
    says: ['mlops.yaml:2', '"gates"', 'Did you mean "gate"'],
    where: { file: 'mlops.yaml', line: 2, column: 1, key: 'gates' },
  },
  'broken YAML in mlops.yaml': {
    step: gate(),
    files: { 'mlops.yaml': 'model: churn\ngate: { roc_auc: { threshold: 0.7 }\nsuite: suite.yaml\n' },
    code: 'SETTINGS_INVALID',
    says: ['mlops.yaml', /Mend the syntax/],
  },
  'a typo in a suite': {
    step: validate({ suite: 'typo.yaml' }),
    files: { 'typo.yaml': 'columns:\n  tenure: { betwen: [0, 100] }\n' },
    code: 'SUITE_INVALID',
    says: ['typo.yaml:2', 'betwen', /between/],
  },
  'a typo in a rule': {
    step: gate({ rules: 'roc_auc: { treshold: 0.8 }' }),
    files: { 'model.onnx': 'x' },
    code: 'RULES_INVALID',
    says: ['treshold', 'Did you mean "threshold"'],
  },
  'an unknown input': {
    step: validate({ suit: 'suite.yaml' }),
    code: 'INPUT_UNKNOWN',
    says: ['"suit"', 'Did you mean "suite"'],
  },
  'a required input that is missing': {
    step: use('data-validate'),
    code: 'INPUT_REQUIRED',
    says: ['"data"', /with:/],
  },
  'an input of the wrong kind': {
    step: validate({ 'fail-on': 'always' }),
    code: 'INPUT_INVALID',
    says: ['"fail-on"', 'always', /failed, warned/],
  },
  'an operation that does not exist': {
    step: use('register-promote', { operation: 'regsiter' }),
    code: 'INPUT_INVALID',
    says: ['"operation"', /did you mean register/],
  },
  'an input that this version does not have': {
    step: use('train-track', { command: 'true', sweep: 'sweep.yaml' }),
    code: 'INPUT_INVALID',
    says: ['"sweep"', /not supported/],
  },
  'a reference that nobody holds': {
    step: validate({ reference: 'churn#production' }),
    code: 'STAGE_EMPTY',
    says: ['churn#production names no version'],
  },
  'a model that is no ONNX': {
    step: gate({ 'model-file': 'model.onnx' }),
    files: { 'model.onnx': 'a pickled forest' },
    code: 'MODEL_NOT_ONNX',
    says: ['model.onnx', /ONNX/],
  },
  'a model to serve that is no ONNX': {
    step: use('build-serving-image', { 'model-file': 'model.onnx' }),
    files: { 'model.onnx': 'a pickled forest' },
    code: 'MODEL_NOT_ONNX',
    says: ['model.onnx', /ONNX/],
  },
  'nothing to serve': {
    step: use('build-serving-image'),
    code: 'MODEL_MISSING',
    says: [/nothing to serve/, '"model-file"'],
  },
  'no metrics to judge': {
    step: use('metrics-gate'),
    code: 'METRICS_MISSING',
    says: [/no metrics/, /train-track/],
  },
  'metrics that are no JSON': {
    step: use('metrics-gate', { metrics: 'metrics.json' }),
    files: { 'metrics.json': '{ "roc_auc": 0.9, ' },
    code: 'METRICS_INVALID',
    says: ['metrics.json'],
  },
  'a config-file that is a Git LFS pointer': {
    step: validate(),
    files: { 'mlops.yaml': pointer },
    code: 'LFS_POINTER',
    says: ['mlops.yaml', /lfs: true/],
  },
  'no rules to hold metrics against': {
    step: gate(),
    files: { 'mlops.yaml': 'model: churn\n' },
    code: 'RULES_MISSING',
    says: [/no rules/, '"rules"'],
  },
  'nothing to train': {
    step: use('train-track'),
    files: { 'mlops.yaml': 'model: churn\n' },
    code: 'COMMAND_MISSING',
    says: [/no command/, '"command"'],
  },
  'no run to register': {
    step: use('register-promote', { operation: 'register' }),
    code: 'RUN_MISSING',
    says: [/no run/, /train-track/],
  },
  'no candidate to compare': {
    step: use('compare-with-production'),
    code: 'CANDIDATE_MISSING',
    says: [/no candidate/, /train-track/],
  },
  'a stage that nobody holds, as a reference': {
    step: use('drift-check', { reference: 'churn#production', current: 'data/churn-current.csv' }),
    code: 'STAGE_EMPTY',
    says: ['churn#production', /[Pp]romote/],
  },
  'a version that does not exist': {
    step: use('register-promote', { operation: 'promote', version: 'v9.9.9' }),
    code: 'VERSION_MISSING',
    says: [/churn has no version v9\.9\.9/, /register/],
  },
  'no reports': {
    step: use('pr-report'),
    code: 'REPORTS_MISSING',
    says: [/No earlier step/, /same job/],
  },
  'a missing token': {
    step: use('compare-with-production', { candidate: 'model.onnx', 'github-token': '' }),
    code: 'GITHUB_TOKEN_MISSING',
    says: [/token/, /github-token/],
  },
  'a token that GitHub does not know': {
    step: gate({ 'github-token': 'ghs_made_up' }),
    job: { on: pull },
    code: 'GITHUB_PERMISSION',
    says: [/401/, /github-token/],
  },
  'a GitHub that cannot be reached': {
    step: gate(),
    job: { on: pull, env: nowhere },
    code: 'GITHUB_UNREACHABLE',
    says: ['127.0.0.1:9', /again/],
  },
}

describe.concurrent('a mistake ends in one sentence, exit code 2 and every output', () => {
  it.each(Object.entries(mistakes))('%s', async (_, { step, files = {}, links = {}, job = {}, code, says, where }) => {
    const place = churn.checkout()
    for (const [name, target] of Object.entries(links)) {
      mkdirSync(dirname(join(place.workspace, name)), { recursive: true })
      symlinkSync(target, join(place.workspace, name))
    }
    // The frame of every run in this folder holds the outputs against action.yml.
    const { steps } = await churn.run([step], { place, files, ...job })
    const one = steps[0]!

    expect(one.exitCode, told(one)).toBe(2)
    expect(one.outputs).toMatchObject({ verdict: 'error', passed: 'false' })
    const errors = one.annotations.filter(({ level }) => level === 'error')
    expect(errors, told(one)).toHaveLength(1)
    const { message } = errors[0]!
    expect(message).not.toContain('\n')
    for (const part of says) expect(message).toMatch(part)

    const report = JSON.parse(readFileSync(one.outputs['report-json']!, 'utf8')) as ErrorReport
    expect(report).toMatchObject({ schema: 'mlops-actions/error@1', code, internal: false })
    expect(Object.keys(report).sort()).toEqual(['code', 'help', 'internal', 'message', 'schema', 'where'])
    expect(report.help).toMatch(/^\S.*[.?)]$/)
    if (where) expect(report.where).toEqual(where)

    expect(`${one.stdout}${one.stderr}`).not.toMatch(/^\s+at .+(:\d+:\d+\)?|<anonymous>\)?)$|node:internal/m)
    expect(one.summary).toContain(': error')
  })

  it('an error of fail-on: never is still an error', async () => {
    const { steps } = await churn.run([validate({ data: 'no.csv', 'fail-on': 'never' })])
    expect(steps[0]!.exitCode).toBe(2)
  })

  it('a report folder of the project holds error.json too, where it was asked for', async () => {
    const job = await churn.run([validate({ data: 'no.csv', 'output-directory': 'reports' })])
    expect(job.of('data-validate').outputs['report-json']).toBe(join(job.place.workspace, 'reports/error.json'))
  })

  it('a job outside GitHub’s runner says which variable it needs', async () => {
    const place = churn.checkout()
    writeFileSync(join(place.workspace, 'unset.sh'), '')
    const action = join(import.meta.dirname, '../../dist/data-validate.js')
    const { steps } = await churn.run(
      [{ run: `env -u RUNNER_TEMP -u GITHUB_OUTPUT node ${action} || echo "exit $?"` }],
      {
        place,
      },
    )
    expect(steps[0]!.stdout).toContain('exit 2')
    expect(steps[0]!.annotations.map((a) => a.message)).toEqual([expect.stringContaining('RUNNER_TEMP')])
  })
})

describe('what a training command leaves', () => {
  it('a failed command, and a model that was not written, are failed checks, not errors', async () => {
    const { steps } = await churn.run([train({ command: 'exit 3' }), train({ command: 'true' })])
    expect(steps.map((s) => [s.exitCode, s.outputs.verdict])).toEqual([
      [1, 'failed'],
      [1, 'failed'],
    ])
  })
})
