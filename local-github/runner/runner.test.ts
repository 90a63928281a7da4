import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ActionOptions, findNode, runAction } from './action.ts'
import { runSteps } from './job.ts'

let root: string
let count = 0

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'runner-')))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Writes an action: its action.yml (without `name`) and its scripts. */
async function action(manifest: string, scripts: Record<string, string>): Promise<string> {
  const folder = join(root, `action-${++count}`)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'action.yml'), `name: fixture\n${manifest}`)
  for (const [name, text] of Object.entries(scripts)) await writeFile(join(folder, name), text)
  return folder
}

const place = () => ({
  workspace: join(root, 'work', 'models', 'models'),
  temp: join(root, 'work', '_temp'),
  github: { repository: 'octo/models', sha: 'a'.repeat(40), runId: 7 },
})

const plain = 'runs: { using: node24, main: main.mjs }'

async function main(script: string, options: Partial<ActionOptions> = {}, manifest = plain) {
  return runAction({ action: await action(manifest, { 'main.mjs': script }), ...place(), ...options })
}

/** `${{ }}` around an expression. */
const value = (expression: string) => `\${{ ${expression} }}`

const append = "import { appendFileSync as append } from 'node:fs'; const e = process.env;"

test('the environment is exactly the runner’s: no token, nothing of this process', async () => {
  process.env.LEAKED = 'yes'
  const result = await main(
    'console.log(JSON.stringify({ env: process.env, cwd: process.cwd(), argv: process.argv }))',
    {
      token: 'ghs_secret',
      env: { ACTIONS_RUNTIME_TOKEN: 'jwt', GITHUB_API_URL: 'http://127.0.0.1:1', MODEL: 'churn' },
      inputs: { 'GitHub-Token': 'given' },
      github: { ...place().github, event: { number: 3 }, eventName: 'pull_request', ref: 'refs/pull/3/merge' },
    },
    `inputs: { github-token: { default: "\${{ github.token }}" }, "data file": { default: "\${{ github.event.number }}.csv" }, empty: {} }\n${plain}`,
  )
  delete process.env.LEAKED
  const { env, cwd, argv } = JSON.parse(result.stdout)
  expect(cwd).toBe(place().workspace)
  expect(argv).toHaveLength(2)
  expect(Object.keys(env).sort()).toEqual(
    [
      ...['ACTIONS_RUNTIME_TOKEN', 'CI', 'HOME', 'LANG', 'MODEL', 'PATH'],
      ...['INPUT_DATA_FILE', 'INPUT_EMPTY', 'INPUT_GITHUB-TOKEN'],
      ...[
        'RUNNER_ARCH',
        'RUNNER_ENVIRONMENT',
        'RUNNER_NAME',
        'RUNNER_OS',
        'RUNNER_TEMP',
        'RUNNER_TOOL_CACHE',
        'RUNNER_WORKSPACE',
      ],
      'GITHUB_ACTIONS',
      ...[
        'ACTION',
        'ACTION_REF',
        'ACTION_REPOSITORY',
        'ACTOR',
        'ACTOR_ID',
        'API_URL',
        'BASE_REF',
        'ENV',
        'EVENT_NAME',
        'EVENT_PATH',
      ].map((name) => `GITHUB_${name}`),
      ...[
        'GRAPHQL_URL',
        'HEAD_REF',
        'JOB',
        'OUTPUT',
        'PATH',
        'REF',
        'REF_NAME',
        'REF_PROTECTED',
        'REF_TYPE',
        'REPOSITORY',
      ].map((name) => `GITHUB_${name}`),
      ...[
        'REPOSITORY_ID',
        'REPOSITORY_OWNER',
        'REPOSITORY_OWNER_ID',
        'RETENTION_DAYS',
        'RUN_ATTEMPT',
        'RUN_ID',
        'RUN_NUMBER',
      ].map((name) => `GITHUB_${name}`),
      ...[
        'SERVER_URL',
        'SHA',
        'STATE',
        'STEP_SUMMARY',
        'TRIGGERING_ACTOR',
        'WORKFLOW',
        'WORKFLOW_REF',
        'WORKFLOW_SHA',
        'WORKSPACE',
      ].map((name) => `GITHUB_${name}`),
    ].sort(),
  )
  expect(env).toMatchObject({
    'INPUT_GITHUB-TOKEN': 'given',
    INPUT_DATA_FILE: '3.csv',
    INPUT_EMPTY: '',
    GITHUB_REF_NAME: '3/merge',
    GITHUB_API_URL: 'http://127.0.0.1:1',
    GITHUB_SERVER_URL: 'https://github.com',
    RUNNER_WORKSPACE: dirname(place().workspace),
  })
  expect(env.PATH.startsWith(dirname(findNode()))).toBe(true)
})

test('the token reaches an action only through the default of an input', async () => {
  const manifest = `inputs: { github-token: { default: "\${{ github.token }}" } }\n${plain}`
  const result = await main(
    "console.log(process.env['INPUT_GITHUB-TOKEN'] ?? '', Object.keys(process.env).length)",
    { token: 'ghs_x' },
    manifest,
  )
  expect(result.stdout).toMatch(/^ghs_x /)
})

test('an undeclared input is passed on with a warning', async () => {
  const result = await main(
    'console.log(process.env.INPUT_COLOUR)',
    { inputs: { colour: 'red' } },
    `inputs: { model: {} }\n${plain}`,
  )
  expect(result.stdout).toBe('red\n')
  expect(result.unexpectedInputs).toEqual(['colour'])
  expect(result.annotations).toEqual([
    { level: 'warning', message: "Unexpected input(s) 'colour', valid inputs are ['model']" },
  ])
})

test('outputs, environment, path, summary and annotations are read from where a step puts them', async () => {
  const result = await main(
    `${append}
    append(e.GITHUB_OUTPUT, 'verdict=passed\\nlong<<EOF\\na=1\\nb<<c\\nEOF\\n')
    append(e.GITHUB_ENV, 'RUN_ID=r1\\nNODE_OPTIONS=--inspect\\n')
    append(e.GITHUB_PATH, '/opt/a\\n/opt/b\\n')
    append(e.GITHUB_STEP_SUMMARY, '# Report\\n')
    console.log('::error file=a.csv,line=3,title=Bad%2C row::too%0Along 100%25')
    console.error('::notice::from stderr')
    console.log('::stop-commands::pause'); console.log('::error::unseen'); console.log('::pause::')
    console.log('::add-mask::hunter2')
    console.log('text ::error::not a command')
    for (let i = 0; i < 12; i++) console.log('::warning::w' + i)`,
    {},
    `outputs: { verdict: {} }\n${plain}`,
  )
  expect(result.exitCode).toBe(0)
  expect(result.outputs).toEqual({ verdict: 'passed', long: 'a=1\nb<<c' })
  expect(result.undeclaredOutputs).toEqual(['long'])
  expect(result.env).toEqual({ RUN_ID: 'r1' })
  expect(result.path).toEqual(['/opt/a', '/opt/b'])
  expect(result.summary).toBe('# Report\n')
  expect(result.masks).toEqual(['hunter2'])
  const level = (name: string) => result.annotations.filter((one) => one.level === name)
  expect(level('error')).toEqual([
    { level: 'error', message: 'too\nlong 100%', title: 'Bad, row', file: 'a.csv', line: 3 },
    { level: 'error', message: "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command." },
  ])
  expect(level('notice')).toEqual([{ level: 'notice', message: 'from stderr' }])
  expect([level('warning').length, result.droppedAnnotations]).toEqual([10, 2])
})

test('a malformed command file or a disabled command fails the step, though the process succeeded', async () => {
  const open = await main(`${append} append(e.GITHUB_OUTPUT, 'first=1\\nx<<EOF\\nnever closed\\n')`)
  expect([open.exitCode, open.conclusion, open.outputs]).toEqual([1, 'failure', { first: '1' }])
  expect(open.annotations.at(-1)?.message).toBe("Invalid value. Matching delimiter not found 'EOF'")
  const old = await main("console.log('::set-output name=x::1')")
  expect([old.exitCode, old.outputs]).toEqual([1, {}])
})

test('a summary above one MiB is dropped with an error, and the step goes on', async () => {
  const result = await main(`${append} append(e.GITHUB_STEP_SUMMARY, 'x'.repeat(1024 * 1024 + 1))`)
  expect([result.exitCode, result.summary, result.annotations[0]?.level]).toEqual([0, '', 'error'])
})

test('pre and post run around main, and state reaches post', async () => {
  const folder = await action('runs: { using: node24, pre: pre.mjs, main: main.mjs, post: post.mjs }', {
    'pre.mjs': `${append} console.log('pre'); append(e.GITHUB_STATE, 'started=early\\n')`,
    'main.mjs': `${append} console.log('main', e.STATE_started); append(e.GITHUB_STATE, 'lock=7\\n'); process.exitCode = 3`,
    'post.mjs': "console.log('post', process.env.STATE_lock, process.env.STATE_started)",
  })
  const result = await runAction({ action: folder, ...place() })
  expect(result.stdout).toBe('pre\nmain early\npost 7 early\n')
  expect([result.exitCode, result.conclusion]).toEqual([3, 'failure'])
})

test('a signal kills the step', async () => {
  const controller = new AbortController()
  const running = main("console.log('up'); setInterval(() => {}, 1000)", { signal: controller.signal })
  setTimeout(() => controller.abort(), 300)
  expect((await running).exitCode).toBe(137)
})

test('a job hands environment, path and outputs from step to step; scripts get no service token', async () => {
  const folder = await action(`inputs: { model: {} }\n${plain}`, {
    'main.mjs': `${append} append(e.GITHUB_OUTPUT, 'version=' + e.INPUT_MODEL + '@v1\\n'); append(e.GITHUB_ENV, 'SEEN=1\\n')`,
  })
  const job = await runSteps({
    ...place(),
    token: 'ghs_x',
    env: { ACTIONS_RUNTIME_TOKEN: 'jwt', ACTIONS_RESULTS_URL: 'http://x/', GIT_TERMINAL_PROMPT: '0' },
    steps: [
      {
        id: 'name',
        run: 'echo "model=churn" >> "$GITHUB_OUTPUT"; mkdir -p bin; printf "#!/bin/sh\\necho tool" > bin/tool; chmod +x bin/tool; echo "$PWD/bin" >> "$GITHUB_PATH"',
      },
      { id: 'register', uses: folder, with: { model: value('steps.name.outputs.model') } },
      {
        id: 'look',
        run: `tool; echo "${value('steps.register.outputs.version')} $SEEN [$ACTIONS_RUNTIME_TOKEN$ACTIONS_RESULTS_URL$GITHUB_TOKEN] $GIT_TERMINAL_PROMPT $EXTRA"`,
        env: { EXTRA: value('github.repository') },
      },
      { id: 'break', run: 'false; echo unreachable' },
      { id: 'skipped', run: 'echo no' },
      { id: 'report', run: `echo ${value('job.status')} ${value('steps.break.outcome')}`, always: true },
      { id: 'onfailure', run: 'echo yes', if: "failure() && steps.register.outputs.version == 'churn@v1'" },
    ],
  })
  expect(job.steps.map((one) => [one.id, one.conclusion])).toEqual([
    ['name', 'success'],
    ['register', 'success'],
    ['look', 'success'],
    ['break', 'failure'],
    ['skipped', 'skipped'],
    ['report', 'success'],
    ['onfailure', 'success'],
  ])
  expect(job.conclusion).toBe('failure')
  expect(job.outputs.register).toEqual({ version: 'churn@v1' })
  expect(job.steps[2]!.stdout).toBe('tool\nchurn@v1 1 [] 0 octo/models\n')
  expect(job.steps[5]!.stdout).toBe('failure failure\n')
  expect(job.masks).toEqual(['ghs_x'])
})
