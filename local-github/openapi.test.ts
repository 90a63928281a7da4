import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routes } from './api/router.ts'
import { type Exchange, openApi, operationName, violations } from './openapi.ts'
import { type Json, type Started, started } from './started.ts'

let it: Started
let main: string
let unlimited: { authorization: string }

beforeAll(async () => {
  it = await started()
  main = (await it.call('GET', '/git/ref/heads/main')).json.object.sha
  const permissions = { contents: 'write', administration: 'write', workflows: 'write', actions: 'write' } as const
  unlimited = { authorization: `Bearer ${it.github.token({ repository: 'octo/models', permissions })}` }
})
afterAll(() => it.stop())

/** A call that must succeed. */
async function done(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Json> {
  const answer = await it.call(method, path, body, headers)
  expect([method, path, answer.status < 400, answer.text]).toEqual([method, path, true, answer.text])
  return answer.json
}

async function walkGit() {
  const blob = await done('POST', '/git/blobs', { content: 'a' })
  await done('GET', `/git/blobs/${blob.sha}`)
  const tree = await done('POST', '/git/trees', { tree: [{ path: 'a', mode: '100644', type: 'blob', sha: blob.sha }] })
  await done('GET', `/git/trees/${tree.sha}`)
  const commit = await done('POST', '/git/commits', { message: 'a', tree: tree.sha, parents: [main] })
  await done('GET', `/git/commits/${commit.sha}`)
  const tag = await done('POST', '/git/tags', { tag: 't', message: 't', object: main, type: 'commit' })
  await done('GET', `/git/tags/${tag.sha}`)
  await done('POST', '/git/refs', { ref: 'refs/heads/walk', sha: main })
  await done('PATCH', '/git/refs/heads/walk', { sha: commit.sha })
  await done('GET', '/git/matching-refs/heads/')
  await done('GET', '/branches')
  await done('GET', '/branches/walk')
  await done('GET', '/commits')
  await done('GET', '/commits/walk')
  for (const path of ['', 'README.md', '.github/workflows']) await done('GET', `/contents/${path}`)
  await done('DELETE', '/git/refs/heads/walk')
}

async function walkReleases() {
  const release = await done('POST', '/releases', { tag_name: 'v1', draft: true })
  const upload = release.upload_url.replace(/\{.*\}$/, '?name=a.bin')
  const asset = await done('POST', upload, Buffer.from('a'), { 'content-type': 'application/octet-stream' })
  await done('GET', `/releases/${release.id}/assets`)
  await done('GET', `/releases/assets/${asset.id}`)
  await done('GET', `/releases/assets/${asset.id}`, undefined, { accept: 'application/octet-stream' })
  await done('PATCH', `/releases/assets/${asset.id}`, { label: 'a' })
  await done('PATCH', `/releases/${release.id}`, { draft: false })
  for (const path of ['', '/latest', '/tags/v1', `/${release.id}`]) await done('GET', `/releases${path}`)
  await done('DELETE', `/releases/assets/${asset.id}`)
  await done('DELETE', `/releases/${release.id}`)
  await done('PUT', '/immutable-releases', undefined, unlimited)
  await done('GET', '/immutable-releases', undefined, unlimited)
  await done('DELETE', '/immutable-releases', undefined, unlimited)
}

async function walkConversation() {
  await it.github.commit('octo/models', { branch: 'feature', files: { 'a b/c.txt': 'c\n', 'README.md': null } })
  const pull = await done('POST', '/pulls', { title: 'Feature', head: 'feature', base: 'main' })
  expect(pull).toMatchObject({ commits: 1, changed_files: 2, additions: 1, deletions: 1 })
  await done('GET', '/pulls')
  await done('GET', `/pulls/${pull.number}`)
  await done('PATCH', `/pulls/${pull.number}`, { title: 'A feature' })
  await done('GET', `/pulls/${pull.number}/files`)
  await done('GET', `/commits/${pull.head.sha}/pulls`)
  const issue = await done('POST', '/issues', { title: 'Drift', labels: ['drift'], assignees: ['ada'] })
  await done('GET', '/issues')
  await done('GET', `/issues/${issue.number}`)
  await done('POST', `/issues/${issue.number}/labels`, { labels: ['urgent'] })
  await done('DELETE', `/issues/${issue.number}/labels/urgent`)
  const comment = await done('POST', `/issues/${issue.number}/comments`, { body: 'hello' })
  await done('GET', `/issues/${issue.number}/comments`)
  await done('GET', '/issues/comments')
  await done('GET', `/issues/comments/${comment.id}`)
  await done('PATCH', `/issues/comments/${comment.id}`, { body: 'hello again' })
  await done('DELETE', `/issues/comments/${comment.id}`)
  await done('PATCH', `/issues/${issue.number}`, { state: 'closed', state_reason: 'not_planned' })
}

async function walkDeployments() {
  const one = await done('POST', '/deployments', { ref: 'main', required_contexts: [], payload: { slot: 1 } })
  await done('POST', `/deployments/${one.id}/statuses`, { state: 'in_progress' })
  await done('GET', `/deployments/${one.id}/statuses`)
  await done('GET', '/deployments')
  await done('GET', `/deployments/${one.id}`)
  await done('DELETE', `/deployments/${one.id}`)
  const rules = { wait_timer: 30, prevent_self_review: true, reviewers: [{ type: 'User', id: 7 }] }
  const policy = { protected_branches: true, custom_branch_policies: false }
  await done('PUT', '/environments/staging', { ...rules, deployment_branch_policy: policy }, unlimited)
  const { protection_rules: kept } = await done('GET', '/environments/staging')
  expect(kept.map((rule: { type: string }) => rule.type)).toEqual(['wait_timer', 'required_reviewers', 'branch_policy'])
  await done('GET', '/environments')
  await done('DELETE', '/environments/staging', undefined, unlimited)
}

async function walkAttestations() {
  const statement = { predicateType: 'https://example.com/p', subject: [{ digest: { sha256: 'a'.repeat(64) } }] }
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const bundle = (url: string, of: object) => ({
    bundle: {
      verificationMaterial: { certificate: { rawBytes: base64(url) } },
      dsseEnvelope: { payload: base64(JSON.stringify(of)), payloadType: 'application/vnd.in-toto+json' },
    },
  })
  const own = 'https://github.com/octo/models'
  await done('POST', '/attestations', bundle(own, statement))
  const path = `/attestations/sha256:${'a'.repeat(64)}`
  expect((await done('GET', path)).attestations).toHaveLength(1)
  await done('GET', `${path}?per_page=1&predicate_type=${encodeURIComponent(statement.predicateType)}`)
  const status = async (...call: Parameters<Started['call']>) => (await it.call(...call)).status
  expect(await status('GET', `${path}?predicate_type=provenance`)).toBe(404)
  expect(await status('POST', '/attestations', bundle('https://github.com/octo/other', statement))).toBe(422)
  expect(await status('POST', '/attestations', bundle(own, { ...statement, subject: [] }))).toBe(422)
  expect(await status('POST', '/attestations', { bundle: {} })).toBe(422)
  const none = { authorization: `Bearer ${it.github.token({ repository: 'octo/models', permissions: {} })}` }
  expect(await status('POST', '/attestations', bundle(own, statement), none)).toBe(403)
  expect(await status('GET', path, undefined, none)).toBe(403)
}

async function walkRulesets() {
  const conditions = { ref_name: { include: ['refs/tags/*'], exclude: [] } }
  const rules = [{ type: 'deletion' }, { type: 'update' }]
  const given = { name: 'model registry', target: 'tag', enforcement: 'active', conditions, rules }
  const one = await done('POST', '/rulesets', given, unlimited)
  await done('GET', '/rulesets')
  expect(await done('GET', `/rulesets/${one.id}`)).toMatchObject(given)
  await done('DELETE', `/rulesets/${one.id}`, undefined, unlimited)
}

async function walkRuns() {
  await done('POST', '/dispatches', { event_type: 'model-promoted', client_payload: {} })
  const started = await done('POST', '/actions/workflows/train.yml/dispatches', {
    ref: 'main',
    return_run_details: true,
  })
  await done('GET', `/actions/runs/${started.workflow_run_id}`)
  it.github.approve('octo/models', started.workflow_run_id, { login: 'grace', environment: 'production' })
  const [review] = await done('GET', `/actions/runs/${started.workflow_run_id}/approvals`)
  expect([review.user.login, review.state, review.environments[0].name]).toEqual(['grace', 'approved', 'production'])
  await done('GET', '/actions/runs?status=queued')
  const [workflow] = (await done('GET', '/actions/workflows')).workflows
  await done('GET', `/actions/workflows/${workflow.id}`)
  await done('GET', '/actions/workflows/train.yml/runs?created=%3E%3D2026-01-01')
}

test('every operation is answered as GitHub’s document says', async () => {
  await done('GET', '')
  await done('GET', '/collaborators/octo/permission')
  await walkGit()
  await walkReleases()
  await walkConversation()
  await walkDeployments()
  await walkRulesets()
  await walkRuns()
  await walkAttestations()
  const taken = it.github.requests.filter(({ status }) => status < 400)
  const walked = (method: string, path: string) => {
    const template = path.replaceAll(/\{\w+\}/g, '[^/]+').replace(/\{\w+\+\}$/, '.+')
    return taken.some((one) => one.method === method && new RegExp(`^${template}$`).test(one.path))
  }
  const left = routes.filter(({ method, path }) => !walked(method, path)).map(({ path }) => path)
  // Those of artifacts are taken in results/artifacts.test.ts, by GitHub's own client.
  expect(left.filter((path) => !path.includes('/artifacts'))).toEqual([])
  expect(it.github.violations).toEqual([])
})

test('the document holds what is served and no more, in the version of the compiler’s types', () => {
  const { document, exact, fromText } = openApi()
  expect(Object.keys(document.operations).sort()).toEqual(
    routes.map(({ method, path }) => operationName(method, path)).sort(),
  )
  const types = readFileSync(new URL('../node_modules/@octokit/openapi-types/package.json', import.meta.url), 'utf8')
  expect(document.version).toBe(JSON.parse(types).octokit['openapi-version'])
  // ajv is strict: a keyword or a format that it does not know would judge nothing, and is an error here.
  for (const { path, query, body, responses } of Object.values(document.operations)) {
    for (const schema of [path, query]) fromText.compile(schema)
    for (const schema of [body, ...Object.values(responses)]) if (schema) exact.compile(schema)
  }
})

const createRef: Exchange = {
  method: 'POST',
  route: '/repos/{owner}/{repo}/git/refs',
  path: ['octo', 'models'],
  query: new URLSearchParams(),
  body: { ref: 'refs/tags/a', sha: 'a'.repeat(40) },
  status: 201,
  json: {
    ref: 'refs/tags/a',
    node_id: 'x',
    url: 'https://api.github.com/x',
    object: { sha: 'a'.repeat(40), type: 'commit', url: 'https://api.github.com/x' },
  },
}
const where = 'POST /repos/{owner}/{repo}/git/refs: '

test('a broken answer is found: a field missing or of another type, an unknown status, JSON where there is none', () => {
  expect(violations(createRef)).toEqual([])
  const { ref, ...rest } = createRef.json as Record<string, unknown>
  const answered = (status: number, json: unknown) => violations({ ...createRef, status, json })
  expect(answered(201, rest)).toEqual([`${where}the answer 201 must have required property 'ref'`])
  expect(answered(201, undefined)).toEqual([`${where}the answer 201 must be object`])
  expect(answered(201, { ...rest, ref: 7 })).toEqual([`${where}the answer 201/ref must be string`])
  expect(answered(202, { ref })).toEqual([
    `${where}202 is no documented answer`,
    `${where}the answer 202 should have no JSON`,
  ])
  expect(answered(422, { message: 'Validation Failed', errors: [{}] })).toContain(
    `${where}the answer 422 must have required property 'documentation_url'`,
  )
  expect(violations({ ...createRef, route: '/nowhere' })).toEqual(["POST /nowhere is not in GitHub's document"])
})

test('a broken request that was granted is found; one that was refused is as it should be', () => {
  const asked = (change: Partial<Exchange>) => violations({ ...createRef, ...change })
  expect(asked({ body: { ref: 'refs/tags/a' } })).toEqual([`${where}the body must have required property 'sha'`])
  expect(asked({ body: { ...createRef.body, force: true } })).toEqual([
    `${where}the body must NOT have additional properties: force`,
  ])
  expect(asked({ query: new URLSearchParams({ page: '1' }) })).toEqual([
    `${where}the query must NOT have additional properties: page`,
  ])
  const refusal = { status: 422, json: { message: 'no', documentation_url: 'https://docs.github.com/rest' } }
  expect(asked({ body: {}, ...refusal })).toEqual([])
})

test('a GitHub that was asked to check does not close in silence', async () => {
  const quick = await started()
  await quick.call('POST', '/issues', { title: 'x', colour: 'red' })
  expect(quick.github.violations).toHaveLength(1)
  await expect(quick.stop()).rejects.toThrow(/POST .*issues: the body must NOT have additional properties: colour/)
})
