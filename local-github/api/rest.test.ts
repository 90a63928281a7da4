import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Started, started } from '../started.ts'

let it: Started

beforeAll(async () => {
  it = await started({ private: true, rateLimit: 100_000 })
})
afterAll(() => it.stop())

test('who may do what: 401 without a token, 403 without the permission, 404 for the rest', async () => {
  const status = async (path: string, headers: Record<string, string>, method = 'GET', body?: unknown) => {
    const answer = await it.call(method, path, body, headers)
    return [answer.status, answer.json.message]
  }
  expect(await status('', { authorization: '' })).toEqual([401, 'Requires authentication'])
  expect(await status('', { authorization: 'Bearer nonsense' })).toEqual([401, 'Bad credentials'])
  expect(await status('/no/such/route', {})).toEqual([404, 'Not Found'])
  const reader = `Bearer ${it.github.token({ repository: 'octo/models', permissions: { contents: 'read', 'pull-requests': 'write' } })}`
  expect((await it.call('GET', '/releases', undefined, { authorization: reader })).status).toBe(200)
  const no = [403, 'Resource not accessible by integration']
  expect(await status('/issues', { authorization: reader }, 'POST', { title: 'x' })).toEqual(no)
  expect(await status('/deployments', { authorization: reader })).toEqual(no)
  await it.github.createRepository('octo/other')
  const stranger = `Bearer ${it.github.token({ repository: 'octo/other' })}`
  expect(await status('', { authorization: stranger })).toEqual([404, 'Not Found'])
})

test('a comment on a pull request needs one of two permissions, on an issue only its own', async () => {
  await it.github.commit('octo/models', { branch: 'feature', files: { 'a.txt': 'a\n', 'README.md': null } })
  const pull = await it.call('POST', '/pulls', { title: 'Feature', head: 'feature', base: 'main' })
  expect(pull.status).toBe(201)
  const issue = await it.call('POST', '/issues', { title: 'Drift', labels: ['drift'] })
  expect(issue.json.number).toBe(pull.json.number + 1)
  const authorization = `Bearer ${it.github.token({ repository: 'octo/models', permissions: { pull_requests: 'write' } })}`
  const comment = (number: number, body: string) =>
    it.call('POST', `/issues/${number}/comments`, { body }, { authorization })
  expect((await comment(pull.json.number, 'hello')).status).toBe(201)
  expect((await comment(issue.json.number, 'hello')).status).toBe(403)
  expect((await comment(pull.json.number, 'x'.repeat(65_536))).status).toBe(201)
  const long = await comment(pull.json.number, 'x'.repeat(65_537))
  expect(long.status).toBe(422)
  expect(long.json.errors[0].message).toBe('Body is too long (maximum is 65536 characters)')

  expect((await it.call('GET', '/pulls?head=octo:feature')).json).toHaveLength(1)
  expect((await it.call('GET', '/pulls?head=octo:none')).json).toEqual([])
  const files = await it.call('GET', `/pulls/${pull.json.number}/files`)
  expect(files.json.map((one: { filename: string; status: string }) => [one.filename, one.status])).toEqual([
    ['README.md', 'removed'],
    ['a.txt', 'added'],
  ])
  expect((await it.call('GET', `/commits/${pull.json.head.sha}/pulls`)).json[0].number).toBe(pull.json.number)
  expect((await it.call('GET', '/issues?labels=drift')).json.map((one: { number: number }) => one.number)).toEqual([
    issue.json.number,
  ])
  await it.call('PATCH', `/issues/${issue.json.number}`, { state: 'closed' })
  expect((await it.call('GET', '/issues?labels=drift')).json).toEqual([])
  expect((await it.call('GET', '/issues?labels=drift&state=all')).json[0]).toMatchObject({
    state: 'closed',
    state_reason: 'completed',
  })
})

test('lists come in pages of 30, at most 100, and link to one another by the repository’s number', async () => {
  const issue = (await it.call('POST', '/issues', { title: 'Long' })).json.number
  for (let i = 0; i < 103; i += 1) await it.call('POST', `/issues/${issue}/comments`, { body: `comment ${i}` })
  expect((await it.call('GET', `/issues/${issue}/comments`)).json).toHaveLength(30)
  const first = await it.call('GET', `/issues/${issue}/comments?per_page=500`)
  expect(first.json).toHaveLength(100)
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1]
  expect(next).toContain('/repositories/')
  const second = await it.call('GET', next!)
  expect(second.json.map((one: { body: string }) => one.body)).toEqual(['comment 100', 'comment 101', 'comment 102'])
  expect(second.headers.get('link')).toMatch(/rel="prev".*rel="first"/)
  expect(second.headers.get('link')).not.toContain('rel="next"')
})

test('deployments carry a payload and statuses; what GitHub refuses is refused', async () => {
  const given = {
    ref: 'main',
    task: 'mlops-promote:churn',
    payload: { slot: 3 },
    auto_merge: false,
    required_contexts: [],
  }
  const made = await it.call('POST', '/deployments', given)
  expect(made.status).toBe(201)
  expect(made.json).toMatchObject({ task: given.task, payload: { slot: 3 }, environment: 'production', ref: 'main' })
  const listed = await it.call('GET', '/deployments?task=mlops-promote%3Achurn&environment=production')
  expect(listed.json.map((one: { id: number }) => one.id)).toEqual([made.json.id])
  const status = (description: string) =>
    it.call('POST', `/deployments/${made.json.id}/statuses`, { state: 'success', description })
  expect((await status('d'.repeat(140))).status).toBe(201)
  expect((await status('d'.repeat(141))).status).toBe(422)
  expect((await it.call('POST', '/deployments', { ...given, ref: 'nowhere' })).status).toBe(422)
  expect((await it.call('POST', '/deployments', { ...given, required_contexts: ['ci'] })).status).toBe(409)
  expect((await it.call('GET', '/environments/production')).json.protection_rules).toEqual([])
  expect((await it.call('PUT', '/environments/production', { reviewers: [{ type: 'User', id: 1 }] })).status).toBe(403)
})

test('dispatches: events are recorded, workflows answer as their file on the default branch says', async () => {
  expect(
    (await it.call('POST', '/dispatches', { event_type: 'model-promoted', client_payload: { a: 1 } })).status,
  ).toBe(204)
  expect(it.github.dispatches('octo/models')).toMatchObject([{ eventType: 'model-promoted', payload: { a: 1 } }])
  const keys = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, i]))
  expect((await it.call('POST', '/dispatches', { event_type: 'x', client_payload: keys })).status).toBe(422)

  const dispatch = (file: string, body: object) => it.call('POST', `/actions/workflows/${file}/dispatches`, body)
  expect((await dispatch('train.yml', { ref: 'main' })).status).toBe(204)
  const told = await dispatch('train.yml', { ref: 'main', return_run_details: true })
  expect(told.status).toBe(200)
  expect((await it.call('GET', told.json.run_url)).json).toMatchObject({
    event: 'workflow_dispatch',
    status: 'queued',
    path: '.github/workflows/train.yml',
  })
  expect((await it.call('GET', '/actions/workflows/train.yml/runs?event=workflow_dispatch')).json.total_count).toBe(2)
  expect((await it.call('GET', '/actions/workflows/train.yml/runs?created=%3C2020-01-01')).json.total_count).toBe(0)
  expect((await dispatch('none.yml', { ref: 'main' })).status).toBe(404)
  expect((await dispatch('train.yml', { ref: 'nowhere' })).status).toBe(422)
  const unknown = await dispatch('train.yml', { ref: 'main', inputs: { colour: 'red' } })
  expect([unknown.status, unknown.json.message]).toEqual([422, 'Unexpected inputs provided: ["colour"]'])
})

test('a permission is told in four words, the role exactly', async () => {
  it.github.setPermission('octo/models', 'mia', 'maintain')
  expect((await it.call('GET', '/collaborators/mia/permission')).json).toMatchObject({
    permission: 'write',
    role_name: 'maintain',
  })
  expect((await it.call('GET', '/collaborators/nobody/permission')).json.permission).toBe('none')
  expect((await it.call('GET', '/collaborators/octo/permission')).json.permission).toBe('admin')
})

test('ordered faults strike the call they name, before or after its effect', async () => {
  const { faults } = it.github
  const main = (await it.call('GET', '/git/ref/heads/main')).json.object.sha
  const create = (name: string) => it.call('POST', '/git/refs', { ref: `refs/tags/${name}`, sha: main })
  faults.order({ nth: 2, answer: 502, effect: 'applied' })
  faults.order({ nth: 4, answer: 'drop', effect: 'none' })
  faults.order({ nth: 5, answer: 'drop', effect: 'applied', path: /git\/refs$/ })
  expect((await create('one')).status).toBe(201)
  expect((await create('two')).status).toBe(502)
  expect((await create('three')).status).toBe(201)
  await expect(create('four')).rejects.toThrow()
  await expect(create('five')).rejects.toThrow()
  const names = (await it.call('GET', '/git/matching-refs/tags/')).json.map((one: { ref: string }) => one.ref.slice(10))
  expect(names.sort()).toEqual(['five', 'one', 'three', 'two'])
  expect(faults.struck).toBe(3)
})

test('the hourly limit is counted, told and enforced; the secondary one asks for patience', async () => {
  const small = await started({ rateLimit: 3 })
  const answers = [
    await small.call('GET', ''),
    await small.call('GET', ''),
    await small.call('GET', ''),
    await small.call('GET', ''),
  ]
  expect(answers.map((one) => [one.status, one.headers.get('x-ratelimit-remaining')])).toEqual([
    [200, '2'],
    [200, '1'],
    [200, '0'],
    [403, '0'],
  ])
  await small.stop()
  const quick = await started({ secondaryLimits: true })
  let last = await quick.call('POST', '/issues', { title: 'x' })
  for (let i = 0; i < 80 && last.status === 201; i += 1) last = await quick.call('POST', '/issues', { title: 'x' })
  expect([last.status, last.headers.get('retry-after')]).toEqual([403, '60'])
  await quick.stop()
})
