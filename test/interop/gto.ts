// The registry as GTO reads it: models are registered, promoted, rolled back and archived on a local GitHub, and the real
// gto must tell the same story from a plain clone of the repository.
//
//   node scripts/node24.mjs test/interop/gto.ts VENV
//
// VENV: a virtual environment that holds gto.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { move } from '../../packages/registry/executor.ts'
import { register } from '../../packages/registry/register.ts'
import { openPlace, runId } from '../../packages/registry/registry.fixture.ts'
import type { Move } from '../../packages/registry/steps.ts'

const { positionals } = parseArgs({ allowPositionals: true })
assert.equal(positionals.length, 1, 'Give the folder of the virtual environment.')
const program = resolve(positionals[0]!, 'bin/gto')
const place = await openPlace()
try {
  const { github } = place
  for (const [model, run] of [
    ['churn', 1],
    ['churn', 2],
    ['churn', 3],
    ['fraud', 4],
  ] as const)
    await register(github, await place.registration(model, runId(run)))
  const change = async (what: Move['do'], model: string, version: string | null, stage = 'production') => {
    const { outcome } = await move(github, place.request(model, { do: what, version, stage }))
    assert.equal(outcome.kind, 'moved', `${what} ${model} ${version}`)
  }
  await change('promote', 'churn', 'v1.0.0')
  await change('promote', 'churn', 'v1.1.0', 'staging')
  await change('promote', 'churn', 'v1.1.0')
  await change('promote', 'churn', 'v1.2.0')
  await change('rollback', 'churn', null)
  await change('archive', 'churn', 'v1.2.0', 'archived')
  await change('promote', 'fraud', 'v1.0.0')

  const clone = join(place.directory, 'clone')
  execFileSync('git', ['clone', '-q', place.bare, clone])
  const gto = (...words: string[]) => execFileSync(program, [...words, '--repo', clone], { encoding: 'utf8' })
  const shown = JSON.parse(gto('show', '--json')) as Record<string, { version: string; stage: object }>
  assert.deepEqual(
    Object.fromEntries(Object.entries(shown).map(([model, { version, stage }]) => [model, { version, stage }])),
    {
      churn: { version: 'v1.2.0', stage: { production: 'v1.1.0', staging: 'v1.1.0', archived: 'v1.2.0' } },
      fraud: { version: 'v1.0.0', stage: { production: 'v1.0.0', staging: null, archived: null } },
    },
  )

  interface Event {
    event: string
    version: string
    stage: string | null
    ref: string
  }
  const history = JSON.parse(gto('history', 'churn', '--json')) as Event[]
  const assignments = history.filter((e) => e.event === 'assignment').reverse()
  assert.deepEqual(
    assignments.filter((e) => e.stage === 'production').map((e) => `${e.ref} ${e.version}`),
    [
      'churn#production#1 v1.0.0',
      'churn#production#2 v1.1.0',
      'churn#production#3 v1.2.0',
      'churn#production#4 v1.1.0',
    ],
  )
  assert.equal(history.filter((e) => e.event === 'registration').length, 3)

  const reference = JSON.parse(gto('check-ref', 'churn#production#4', '--json')) as Record<string, string>
  assert.deepEqual([reference.artifact, reference.stage, reference.version], ['churn', 'production', 'v1.1.0'])
  assert.match(gto('doctor'), /No issues found/)
  console.log(
    `gto ${execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().split(' ').at(-1)} reads the registry: ok`,
  )
} finally {
  await place.close()
}
