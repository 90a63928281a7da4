import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Started, started } from '../started.ts'

let it: Started
let bare: string
let main: string

beforeAll(async () => {
  it = await started()
  bare = join(it.directory, 'repositories', 'octo', 'models.git')
  main = (await it.call('GET', '/git/ref/heads/main')).json.object.sha
})
afterAll(() => it.stop())

const git = (...args: string[]) => execFileSync('git', ['-C', bare, ...args], { encoding: 'utf8' }).trim()

test('an annotated tag is an object first and a ref second, and git finds nothing wrong with it', async () => {
  const object = await it.call('POST', '/git/tags', {
    tag: 'churn#production#1',
    message: 'Promote churn@v1.0.0 to production\n\n{"kind":"promote"}',
    object: main,
    type: 'commit',
    tagger: { name: 'Ada', email: 'ada@example.com', date: '2026-03-01T12:00:00Z' },
  })
  expect(object.status).toBe(201)
  expect(object.json.tagger).toEqual({ name: 'Ada', email: 'ada@example.com', date: '2026-03-01T12:00:00Z' })
  expect((await it.call('GET', '/git/ref/tags/churn%23production%231')).status).toBe(404)

  const ref = { ref: 'refs/tags/churn#production#1', sha: object.json.sha }
  const created = await it.call('POST', '/git/refs', ref)
  expect(created.status).toBe(201)
  expect(created.json.object).toMatchObject({ sha: object.json.sha, type: 'tag' })
  const again = await it.call('POST', '/git/refs', ref)
  expect([again.status, again.json.message]).toEqual([422, 'Reference already exists'])

  expect(git('for-each-ref', '--format=%(objecttype) %(taggername) %(taggerdate:iso-strict)', ref.ref)).toBe(
    'tag Ada 2026-03-01T12:00:00+00:00',
  )
  expect(git('fsck', '--strict', '--no-dangling')).toBe('')
})

test('of many creators of one ref exactly one succeeds', async () => {
  const attempts = await Promise.all(
    Array.from({ length: 8 }, () => it.call('POST', '/git/refs', { ref: 'refs/tags/raced', sha: main })),
  )
  expect(attempts.map((one) => one.status).sort()).toEqual([201, ...Array(7).fill(422)])
})

test('refs are refused with the words GitHub uses', async () => {
  const sayings = [
    ['POST', '/git/refs', { ref: 'refs/tags/x', sha: '1'.repeat(40) }, 422, 'Object does not exist'],
    ['PATCH', '/git/refs/heads/none', { sha: main }, 422, 'Reference does not exist'],
    ['DELETE', '/git/refs/heads/none', undefined, 422, 'Reference does not exist'],
  ] as const
  for (const [method, path, body, status, message] of sayings) {
    const answer = await it.call(method, path, body)
    expect([answer.status, answer.json.message]).toEqual([status, message])
  }
  for (const ref of ['tags/x', 'refs/x', 'refs/tags/a b', 'refs/tags/x..y'])
    expect((await it.call('POST', '/git/refs', { ref, sha: main })).status).toBe(422)
})

test('a branch moves forward only, unless forced', async () => {
  const tree = (await it.call('GET', `/git/commits/${main}`)).json.tree.sha
  const commit = async (message: string) =>
    (await it.call('POST', '/git/commits', { message, tree, parents: [main] })).json.sha as string
  const [one, two] = [await commit('one'), await commit('two')]
  expect((await it.call('POST', '/git/refs', { ref: 'refs/heads/work', sha: main })).status).toBe(201)
  expect((await it.call('PATCH', '/git/refs/heads/work', { sha: one })).json.object.sha).toBe(one)
  const sideways = await it.call('PATCH', '/git/refs/heads/work', { sha: two })
  expect([sideways.status, sideways.json.message]).toEqual([422, 'Update is not a fast forward'])
  expect((await it.call('PATCH', '/git/refs/heads/work', { sha: two, force: true })).status).toBe(200)
  expect((await it.call('DELETE', '/git/refs/heads/work')).status).toBe(204)
})

test('matching refs are a prefix, a single ref is exact', async () => {
  for (const n of [2, 20]) await it.call('POST', '/git/refs', { ref: `refs/tags/churn#staging#${n}`, sha: main })
  const found = await it.call('GET', '/git/matching-refs/tags/churn%23staging%232')
  expect(found.json.map((one: { ref: string }) => one.ref)).toEqual([
    'refs/tags/churn#staging#2',
    'refs/tags/churn#staging#20',
  ])
  expect((await it.call('GET', '/git/ref/tags/churn%23staging%23')).status).toBe(404)
  expect((await it.call('GET', '/git/matching-refs/tags/none')).json).toEqual([])
})

test('the same record commit has the same id on every attempt', async () => {
  const blob = await it.call('POST', '/git/blobs', {
    content: Buffer.from('{}').toString('base64'),
    encoding: 'base64',
  })
  const tree = await it.call('POST', '/git/trees', {
    tree: [
      { path: 'run.json', mode: '100644', type: 'blob', sha: blob.json.sha },
      { path: 'deep/manifest.json', mode: '100644', type: 'blob', content: '{"a":1}' },
    ],
  })
  expect(tree.json.tree.map((one: { path: string }) => one.path)).toEqual(['deep', 'run.json'])
  const who = { name: 'Ada', email: 'ada@example.com', date: '2026-03-01T12:00:00Z' }
  const record = { message: 'churn run', tree: tree.json.sha, parents: [], author: who, committer: who }
  const [first, second] = [await it.call('POST', '/git/commits', record), await it.call('POST', '/git/commits', record)]
  expect(second.json.sha).toBe(first.json.sha)
  expect(first.json).toMatchObject({ author: who, committer: who, parents: [], message: 'churn run' })
  // Its tree has no workflow files, so a workflow's token may tag it, and keep it below a namespace of our own.
  expect((await it.call('POST', '/git/refs', { ref: 'refs/mlops/runs/abc', sha: first.json.sha })).status).toBe(201)
  expect((await it.call('GET', '/git/ref/mlops/runs/abc')).json.object.sha).toBe(first.json.sha)
  expect(git('fsck', '--strict', '--no-dangling')).toBe('')

  const changed = await it.call('POST', '/git/trees', {
    base_tree: tree.json.sha,
    tree: [
      { path: 'deep/manifest.json', mode: '100644', type: 'blob', sha: null },
      { path: 'b', mode: '100644', content: 'b' },
    ],
  })
  expect(changed.json.tree.map((one: { path: string }) => one.path)).toEqual(['b', 'run.json'])
  const whole = await it.call('GET', `/git/trees/${tree.json.sha}?recursive=1`)
  expect(whole.json.tree.map((one: { path: string }) => one.path)).toEqual(['deep', 'deep/manifest.json', 'run.json'])
})

test('a workflow token may bring no ref to a commit whose workflow files are not those of the default branch', async () => {
  const files = { '.github/workflows/train.yml': 'name: Old\non: push\njobs: {}\n' }
  const old = await it.github.commit('octo/models', { branch: 'old', files })
  const tag = await it.call('POST', '/git/tags', { tag: 'old', message: 'old', object: old, type: 'commit' })
  await it.call('POST', '/git/refs', { ref: 'refs/heads/moving', sha: main })
  const attempts = [
    ['POST', '/git/refs', { ref: 'refs/tags/old', sha: old }],
    ['POST', '/git/refs', { ref: 'refs/tags/old', sha: tag.json.sha }],
    ['POST', '/git/refs', { ref: 'refs/mlops/runs/old', sha: old }],
    ['PATCH', '/git/refs/heads/moving', { sha: old }],
    ['POST', '/releases', { tag_name: 'old', target_commitish: 'old' }],
  ] as const
  for (const [method, path, body] of attempts) {
    const refused = await it.call(method, path, body)
    expect([refused.status, refused.json.message]).toEqual([403, 'Resource not accessible by integration'])
  }
  expect(git('for-each-ref', 'refs/tags/old', 'refs/mlops/runs/old')).toBe('')
  const able = it.github.token({ repository: 'octo/models', permissions: { contents: 'write', workflows: 'write' } })
  const authorization = `token ${able}`
  const allowed = await it.call('POST', '/git/refs', { ref: 'refs/tags/old', sha: old }, { authorization })
  expect(allowed.status).toBe(201)
})

test('a commit has the accounts of its noreply addresses, and of no others', async () => {
  const sha = await it.github.commit('octo/models', { branch: 'theirs', files: { a: 'a' }, author: 'ada' })
  const known = (await it.call('GET', `/commits/${sha}`)).json
  expect([known.author.login, known.committer.login]).toEqual(['ada', 'ada'])
  const who = { name: 'Ada', email: 'ada@example.com', date: '2026-03-01T12:00:00Z' }
  const { tree } = known.commit
  const record = { message: 'a', tree: tree.sha, parents: [], author: who }
  const stranger = (await it.call('POST', '/git/commits', record)).json.sha
  expect((await it.call('GET', `/commits/${stranger}`)).json).toMatchObject({ author: null, committer: null })
})

test('an active ruleset on tags forbids what it says, to everybody', async () => {
  const permissions = { contents: 'write', administration: 'write' } as const
  const authorization = `Bearer ${it.github.token({ repository: 'octo/models', permissions })}`
  const ruleset = (name: string, include: string[], type: string, enforcement = 'active') => {
    const conditions = { ref_name: { include, exclude: ['refs/tags/free@*'] } }
    const body = { name, target: 'tag', enforcement, conditions, rules: [{ type }] }
    return it.call('POST', '/rulesets', body, { authorization })
  }
  const status = async (method: string, path: string, body?: object) => (await it.call(method, path, body)).status
  for (const tag of ['kept@v1', 'free@v1', 'deep/kept@v1'])
    expect(await status('POST', '/git/refs', { ref: `refs/tags/${tag}`, sha: main })).toBe(201)
  const forbidden = await it.call('POST', '/rulesets', { name: 'x', enforcement: 'active' })
  expect(forbidden.status).toBe(403)
  for (const type of ['deletion', 'update']) await ruleset(type, ['refs/tags/*@*'], type)
  await ruleset('off', ['~ALL'], 'creation', 'disabled')
  const refused = await it.call('DELETE', '/git/refs/tags/kept@v1', undefined, { authorization })
  expect([refused.status, refused.json.message]).toEqual([
    422,
    'Repository rule violations found\n\nCannot delete this protected ref.\n\n',
  ])
  expect(await status('PATCH', '/git/refs/tags/kept@v1', { sha: main, force: true })).toBe(422)
  expect(await status('DELETE', '/git/refs/tags/free@v1')).toBe(204)
  expect(await status('DELETE', '/git/refs/tags/deep/kept@v1')).toBe(204)
  expect(await status('POST', '/git/refs', { ref: 'refs/tags/new@v1', sha: main })).toBe(201)
})

test('contents come as base64, as bytes, and as a listing, at any ref', async () => {
  await it.github.commit('octo/models', { branch: 'next', files: { 'conf/mlops.yaml': 'model: churn\n' } })
  const file = await it.call('GET', '/contents/conf/mlops.yaml?ref=next')
  expect(Buffer.from(file.json.content, 'base64').toString()).toBe('model: churn\n')
  const raw = await it.call('GET', '/contents/conf/mlops.yaml?ref=next', undefined, {
    accept: 'application/vnd.github.raw+json',
  })
  expect(raw.text).toBe('model: churn\n')
  expect((await it.call('GET', '/contents/conf?ref=next')).json[0]).toMatchObject({
    path: 'conf/mlops.yaml',
    type: 'file',
  })
  expect((await it.call('GET', '/contents/conf/mlops.yaml')).status).toBe(404)
  expect((await it.call('GET', '/contents/README.md?ref=nowhere')).json.message).toBe(
    'No commit found for the ref nowhere',
  )
})

test('an empty repository answers 409 to git and 404 to contents', async () => {
  await it.github.createRepository('octo/empty')
  const authorization = `Bearer ${it.github.token({ repository: 'octo/empty' })}`
  const at = `${it.github.apiUrl}/repos/octo/empty`
  const tried = await it.call('POST', `${at}/git/blobs`, { content: 'x' }, { authorization })
  expect([tried.status, tried.json.message]).toEqual([409, 'Git Repository is empty.'])
  expect((await it.call('GET', `${at}/contents/x`, undefined, { authorization })).status).toBe(404)
})

test('git itself reaches the repository under its GitHub address', () => {
  const env = { ...process.env, ...it.github.environment('octo/models') }
  for (const url of ['https://github.com/octo/models', 'https://github.com/octo/models.git'])
    expect(execFileSync('git', ['ls-remote', url, 'refs/heads/main'], { encoding: 'utf8', env })).toContain(main)
})
