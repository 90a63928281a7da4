import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  closeRepository,
  gate,
  github,
  job,
  openRepository,
  type Place,
  reportOf,
  repository,
  step,
  trained,
} from './register-promote.fixture.ts'

let place: Place

beforeAll(async () => {
  await openRepository()
  for (const version of ['v1.0.0', 'v1.1.0', 'v1.2.0']) {
    place = await trained('model.onnx', (sha256) => [gate(sha256)])
    expect(await step(place, { operation: 'register' })).toMatchObject({ code: 0, version })
    if (version === 'v1.2.0') break
    expect(await step(place, { operation: 'promote' })).toMatchObject({ code: 0, promoted: 'true' })
  }
  place = await trained('model.onnx', (sha256) => [gate(sha256)])
})
afterAll(closeRepository)

/** Everything that is there: refs, releases with drafts, deployments. */
async function state(): Promise<unknown> {
  const authorization = `Bearer ${github.token({ repository })}`
  const all = ['git/matching-refs/tags', 'git/matching-refs/heads', 'releases', 'deployments'].map(async (path) => {
    const url = `${github.apiUrl}/repos/${repository}/${path}`
    const listed = (await (await fetch(url, { headers: { authorization } })).json()) as Record<string, unknown>[]
    return listed.map(({ ref, object, tag_name, draft, payload }) => ({ ref, object, tag_name, draft, payload }))
  })
  return Promise.all(all)
}

const read = { contents: 'read', deployments: 'read', actions: 'read' } as const

it.each([
  ['register', {}, ['contents: write']],
  ['promote', { version: 'v1.2.0' }, ['contents: write', 'deployments: write', 'actions: read']],
  ['rollback', {}, ['contents: write', 'deployments: write', 'actions: read']],
  ['archive', { version: 'v1.2.0' }, ['contents: write']],
])(
  '%s with a token that only reads: one write is tried, nothing has changed, and the error holds all that is needed',
  async (operation, inputs, needed) => {
    const before = await state()
    const from = github.requests.length
    const done = await step(place, { operation, ...inputs }, 'grace', undefined, { permissions: read })
    expect(done).toMatchObject({ code: 2, verdict: 'error', promoted: '' })
    const error = (await reportOf(done)) as unknown as { code: string; help: string }
    expect(error.code).toBe('GITHUB_PERMISSION')
    const yaml = error.help.slice(error.help.indexOf('permissions:\n'))
    const block = (parse(yaml) as { permissions: Record<string, string> }).permissions
    expect(Object.entries(block).map(([scope, access]) => `${scope}: ${access}`)).toEqual(needed)
    // In the job summary the block can be copied as it is.
    const summary = await readFile((done as unknown as { 'report-markdown': string })['report-markdown'], 'utf8')
    expect(summary).toContain(`\n\`\`\`\n${yaml}\n\`\`\`\n`)
    const writes = github.requests.slice(from).filter((r) => r.method !== 'GET')
    expect(writes).toMatchObject([{ status: 403 }])
    expect(await state()).toEqual(before)
  },
)

it('an approval that may not be read is an error with the same block, before anything is written', async () => {
  const before = await state()
  const rights = { contents: 'write', deployments: 'write' } as const
  const inputs = { operation: 'promote', version: 'v1.2.0', stage: 'reviewed' }
  const done = await step(await job(), inputs, 'grace', 'linus', { permissions: rights })
  const error = (await reportOf(done)) as unknown as { code: string; help: string }
  expect(error).toMatchObject({ code: 'GITHUB_PERMISSION', help: expect.stringContaining('  actions: read # ') })
  expect(error.help).toContain('  deployments: write # ')
  expect(await state()).toEqual(before)
})

it('a deployment that may not be recorded is warned of with the block; the promotion holds', async () => {
  const rights = { contents: 'write', deployments: 'read', actions: 'read' } as const
  const done = await step(await job(), { operation: 'promote', version: 'v1.2.0' }, 'grace', undefined, {
    permissions: rights,
  })
  expect(done).toMatchObject({ code: 0, promoted: 'true' })
  const warned = done.annotations.find((a) => a.message.startsWith('Could not record the deployment'))
  expect(warned!.message).toContain('permissions:\n  contents: write # ')
  expect(warned!.message).toContain('\n  deployments: write # ')
})
