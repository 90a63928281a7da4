import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type LocalGitHub, startLocalGitHub } from '../../local-github/index.ts'
import { type GitHub, type Issue, marker, type Need, openGitHub, Unclear } from './index.ts'

let directory: string
let local: LocalGitHub
let github: GitHub
const repository = 'acme/churn'
const person = { name: 'ada', email: 'ada@example.com', date: '2026-01-02T03:04:05Z' }

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'github-test-'))
  local = await startLocalGitHub({ directory, checked: true })
  await local.createRepository(repository)
  await local.commit(repository, { files: { 'README.md': 'hello\n', 'conf/a b#1.yaml': 'x: 1\n' } })
  for (const [name, value] of Object.entries(local.environment(repository)))
    if (name.startsWith('GIT_CONFIG')) vi.stubEnv(name, value)
  github = open(local.token({ repository }))
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await local.close()
  await rm(directory, { recursive: true, force: true })
})

function open(token: string): GitHub {
  return openGitHub({ apiUrl: local.apiUrl, serverUrl: 'https://github.com', repository, token })
}

/** Opens an issue as a job or, where a login is given, as that person would. */
async function openIssue(body: string, login?: string): Promise<{ number: number }> {
  const token = local.token({ repository, ...(login === undefined ? {} : { login }) })
  const answer = await fetch(`${local.apiUrl}/repos/${repository}/issues`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ title: 'Drift', body }),
  })
  expect(answer.status).toBe(201)
  return (await answer.json()) as { number: number }
}

async function bytes(of: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of of) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const commit = (text: string) =>
  github.objects.commit({
    files: { 'run.json': text },
    parents: [],
    message: 'run\n',
    author: person,
    committer: person,
  })

describe('objects and refs', () => {
  it('writes the same commit for the same values', async () => {
    expect(await commit('{}')).toBe(await commit('{}'))
    expect(await commit('{"a":1}')).not.toBe(await commit('{}'))
  })

  it('creates a ref once, and lists it peeled', async () => {
    const object = await commit('{"b":1}')
    const tag = await github.objects.tag({ tag: 'm@v1.0.0', object, message: 'hello\n\n{}\n', tagger: person })
    expect(await github.refs.get('refs/tags/m@v1.0.0')).toBe('absent')
    expect(await github.refs.create('refs/tags/m@v1.0.0', tag)).toBe('created')
    expect(await github.refs.create('refs/tags/m@v1.0.0', object)).toBe('exists')
    expect(await github.refs.get('refs/tags/m@v1.0.0')).toBe(tag)
    const listed = await github.refs.list(['refs/tags/m@*'])
    expect(listed).toEqual([{ name: 'refs/tags/m@v1.0.0', object: tag, commit: object, annotated: true }])
    expect(await github.objects.readTag(tag)).toMatchObject({ object, tag: 'm@v1.0.0', tagger: { name: 'ada' } })
  })

  it('fetches refs with their bytes', async () => {
    const found = await github.refs.fetch(['refs/tags/m@*', 'refs/tags/none#*'], async ({ refs, read }) => {
      const [tag, file, missing] = await read([refs[0]!.object, `${refs[0]!.commit}:run.json`, 'f'.repeat(40)])
      return { refs, tag: tag?.toString(), file: file?.toString(), missing }
    })
    expect(found.refs).toHaveLength(1)
    expect(found.refs[0]).toMatchObject({ name: 'refs/tags/m@v1.0.0', annotated: true })
    expect(found.tag).toContain('hello\n\n{}\n')
    expect(found.file).toBe('{"b":1}')
    expect(found.missing).toBeNull()
  })

  it('says that a lost answer is unclear, and repeats what may be repeated', async () => {
    const object = await commit('{"c":1}')
    local.faults.order({ nth: 1, path: /git\/refs/, answer: 'drop', effect: 'applied' })
    await expect(github.refs.create('refs/tags/lost', object)).rejects.toBeInstanceOf(Unclear)
    expect(await github.refs.get('refs/tags/lost')).toBe(object)
    local.faults.order({ nth: 1, path: /git\/trees/, answer: 502, effect: 'none' })
    expect(await commit('{"d":1}')).toMatch(/^[0-9a-f]{40}$/)
  })

  it('waits as long as a secondary limit asks', async () => {
    const headers = { 'retry-after': '0' }
    local.faults.order({
      nth: 1,
      path: /git\/refs/,
      answer: 403,
      effect: 'none',
      headers,
      message: 'secondary rate limit',
    })
    expect(await github.refs.create('refs/tags/later', await commit('{"e":1}'))).toBe('created')
  })
})

describe('contents', () => {
  it('reads text at a commit, whatever the name', async () => {
    expect(await github.contents.read('README.md', 'main')).toBe('hello\n')
    expect(await github.contents.read('conf/a b#1.yaml', 'main')).toBe('x: 1\n')
    expect(await github.contents.read('nope.yaml', 'main')).toBe('absent')
  })
})

describe('releases', () => {
  it('drafts, uploads, reads back, publishes and downloads without the token', async () => {
    const text = { tag: 'm@v1.0.0', name: 'm v1.0.0', body: 'card', prerelease: false }
    const draft = await github.releases.createDraft(text)
    expect(await github.releases.byTag('m@v1.0.0')).toBe('absent')
    const path = join(directory, 'model.onnx')
    await writeFile(path, 'x'.repeat(300_000))
    const file = await github.releases.upload(draft, 'model.onnx', { path })
    const small = await github.releases.upload(draft, 'run.json', { bytes: Buffer.from('{}') })
    expect(file).toMatchObject({ name: 'model.onnx', size: 300_000, state: 'uploaded' })
    const published = await github.releases.publish(draft.id, text)
    expect(published).toMatchObject({ draft: false, tag: 'm@v1.0.0' })
    expect((await github.releases.byTag('m@v1.0.0')) !== 'absent').toBe(true)
    const before = local.requests.length
    expect(await bytes(github.releases.download(small))).toBe('{}')
    expect(await bytes(github.releases.download(file))).toHaveLength(300_000)
    const seen = local.requests.slice(before)
    expect(seen.filter((r) => r.origin === 'blobs').map((r) => r.token)).toEqual([false, false])
  })
})

describe('comments and issues', () => {
  it('keeps one comment and one issue', async () => {
    const issue = (await github.issues.rolling('drift:churn', { title: 'Drift', body: 'one' })) as Issue
    const { number } = issue
    expect(issue.url).toMatch(new RegExp(`/issues/${number}$`))
    expect(await github.issues.state(number)).toBe('open')
    expect(await github.issues.rolling('drift:churn', { title: 'Drift again', body: 'two' })).toEqual(issue)
    const first = await github.comments.upsert(number, 'report:churn', 'a')
    const second = await github.comments.upsert(number, 'report:churn', 'b')
    expect(second.id).toBe(first.id)
    expect(await github.comments.find(number, 'report:churn')).toMatchObject({ body: expect.stringContaining('\nb') })
    const closing = { closing: 'No drift any more.' }
    expect(await github.issues.rolling('drift:churn', closing)).toEqual(issue)
    expect(await github.issues.state(number)).toBe('closed')
    expect(await github.issues.state(number + 1)).toBe('absent')
    expect(await github.issues.rolling('drift:churn', closing)).toBe('absent')
    const remarks: string[] = []
    for await (const { body } of github.comments.all(number)) remarks.push(body)
    expect(remarks.filter((body) => body === closing.closing)).toHaveLength(1)
  })

  it('opens a new issue after a closed one, and closes the younger of two that were opened at once', async () => {
    const text = { title: 'Drift', body: 'one' }
    const one = (await github.issues.rolling('drift:twice', text)) as Issue
    await github.issues.close(one.number)
    const two = (await github.issues.rolling('drift:twice', text)) as Issue
    expect(two.number).toBeGreaterThan(one.number)
    const other = (await github.issues.rolling('drift:elsewhere', { title: 'Drift', body: 'x' })) as Issue
    const three = await openIssue(`${marker('drift:twice')}\nfrom a job at the same time`)
    expect(await github.issues.rolling('drift:twice', text)).toEqual(two)
    expect(await Promise.all([two, three, other].map(({ number }) => github.issues.state(number)))).toEqual([
      'open',
      'closed',
      'open',
    ])
  })

  it('leaves the issue alone into which a stranger wrote the marker', async () => {
    const { number } = await openIssue(`${marker('drift:forged')}\nmine`, 'stranger')
    expect(await github.issues.rolling('drift:forged', { closing: 'x' })).toBe('absent')
    const ours = (await github.issues.rolling('drift:forged', { title: 'Drift', body: 'ours' })) as Issue
    expect(ours.number).not.toBe(number)
    expect(await github.issues.state(number)).toBe('open')
  })
})

describe('workflows', () => {
  beforeAll(async () => {
    const inputs = 'inputs: { model: { type: string }, reason: { type: string } }'
    await local.commit(repository, {
      files: {
        '.github/workflows/train.yml': `on:\n  workflow_dispatch:\n    ${inputs}\njobs: {}\n`,
        '.github/workflows/plain.yml': 'on: [push, workflow_dispatch]\njobs: {}\n',
      },
    })
  })
  const since = new Date(0)
  const runs = async (file: string) => {
    const found: string[] = []
    for await (const { url } of github.dispatch.runs(file, 'workflow_dispatch', since)) found.push(url)
    return found
  }

  it('starts one and gives the address of its run', async () => {
    expect(await github.dispatch.inputs('train.yml', 'main')).toEqual(['model', 'reason'])
    expect(await github.dispatch.inputs('plain.yml', 'main')).toEqual([])
    await local.addRun(repository, { path: '.github/workflows/train.yml' })
    const url = await github.dispatch.workflow('train.yml', 'main', { model: 'churn' })
    expect(await runs('train.yml')).toEqual([url])
  })

  it('starts one where the server does not know return_run_details, which then does not say where it runs', async () => {
    const path = /plain\.yml\/dispatches$/
    const message = 'Invalid request.\n\n"return_run_details" is not a permitted key.'
    local.faults.order({ nth: 1, path, answer: 422, effect: 'none', message })
    expect(await github.dispatch.workflow('plain.yml', 'main')).toBe('unknown')
    expect(await runs('plain.yml')).toHaveLength(1)
  })

  it('names a workflow that does not exist', async () => {
    const missing = { code: 'WORKFLOW_MISSING', where: { key: 'workflow' } }
    await expect(github.dispatch.workflow('none.yml', 'main')).rejects.toMatchObject(missing)
    await expect(github.dispatch.inputs('none.yml', 'main')).rejects.toMatchObject(missing)
  })

  it('does not try again what may have happened', async () => {
    const before = await runs('plain.yml')
    local.faults.order({ nth: 1, path: /dispatches$/, answer: 502, effect: 'applied' })
    await expect(github.dispatch.workflow('plain.yml', 'main')).rejects.toMatchObject({ code: 'GITHUB_UNCLEAR' })
    expect(await runs('plain.yml')).toHaveLength(before.length + 1)
  })
})

describe('refs that come and go', () => {
  it('are deleted, also where they are gone already', async () => {
    const name = 'refs/mlops/retrain/train.yml/20261122T000000Z'
    const main = (await github.refs.get('refs/heads/main')) as string
    expect(await github.refs.create(name, main)).toBe('created')
    expect(await github.refs.create(name, main)).toBe('exists')
    await github.refs.remove(name)
    expect(await github.refs.get(name)).toBe('absent')
    await github.refs.remove(name)
  })
})

describe('deployments', () => {
  it('records one and finds the newest', async () => {
    const of = {
      ref: 'm@v1.0.0',
      task: 'mlops-promote:m',
      environment: 'production',
      description: 'd',
      production: true,
    }
    expect(await github.deployments.newest(of.task, of.environment)).toBe('absent')
    await github.deployments.create({ ...of, payload: { slot: 1 }, url: null, logUrl: null })
    await github.deployments.create({ ...of, payload: { slot: 2 }, url: null, logUrl: null })
    expect(await github.deployments.newest(of.task, of.environment)).toMatchObject({ payload: { slot: 2 } })
  })
})

describe('errors that people can mend', () => {
  it('names the permission with the YAML to add', async () => {
    const reader = open(local.token({ repository, permissions: { contents: 'read' } }))
    await expect(reader.refs.create('refs/tags/x', 'a'.repeat(40))).rejects.toMatchObject({
      code: 'GITHUB_PERMISSION',
      help: expect.stringContaining('permissions:\n  contents: write'),
    })
  })

  it('names all that the work needs, each permission once and at its strongest, whichever is refused first', async () => {
    const token = local.token({ repository, permissions: { contents: 'read' } })
    const needs: Need[] = [
      { permission: 'actions: read', why: 'see who approved' },
      { permission: 'deployments: read', why: 'see the newest slot' },
      { permission: 'deployments: write', why: 'record who holds the stage' },
    ]
    const block = [
      'permissions:',
      '  actions: read # see who approved',
      '  deployments: write # record who holds the stage',
      '  contents: write',
    ].join('\n')
    const options = { apiUrl: local.apiUrl, serverUrl: 'https://github.com', repository, needs }
    const refused = openGitHub({ ...options, token }).refs.create('refs/tags/x', 'a'.repeat(40))
    await expect(refused).rejects.toMatchObject({ help: expect.stringContaining(block) })
    const tokenless = openGitHub({ ...options, token: '' }).refs.create('refs/tags/x', 'a'.repeat(40))
    await expect(tokenless).rejects.toMatchObject({
      help: expect.stringContaining('permissions: { actions: read, deployments: write, contents: write }.'),
    })
  })

  it('says that the token is missing, before anything is sent', async () => {
    const before = local.requests.length
    await expect(open('').refs.get('refs/tags/x')).rejects.toMatchObject({ code: 'GITHUB_TOKEN_MISSING' })
    expect(local.requests.length).toBe(before)
  })

  it('says where nobody answers', async () => {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    await new Promise((done) => server.close(done))
    const nobody = openGitHub({
      apiUrl: `http://127.0.0.1:${port}`,
      serverUrl: 'https://github.com',
      repository,
      token: 't',
    })
    await expect(nobody.refs.get('refs/tags/x')).rejects.toMatchObject({ code: 'GITHUB_UNREACHABLE' })
  })

  it('never uploads to a host that is not GitHub’s', async () => {
    const real = openGitHub({
      apiUrl: 'https://api.github.com',
      serverUrl: 'https://github.com',
      repository,
      token: 't',
    })
    const release = {
      id: 1,
      tag: 't',
      name: 'n',
      body: '',
      draft: true,
      prerelease: false,
      immutable: false,
      url: '',
      uploadUrl: 'https://uploads.github.com.evil.example/x{?name}',
      assets: [],
    }
    await expect(real.releases.upload(release, 'a', { bytes: Buffer.from('a') })).rejects.toMatchObject({
      code: 'GITHUB_UNTRUSTED_HOST',
    })
  })
})

describe('where GitHub or git is another', () => {
  /** A git of another version, that fails at everything else. */
  async function oldGit(version: string): Promise<void> {
    const folder = await mkdtemp(join(directory, 'git-'))
    const script = `#!/bin/sh\n[ "$1" = version ] && echo "git version ${version}" && exit\necho "error: unknown option" >&2\nexit 129\n`
    await writeFile(join(folder, 'git'), script, { mode: 0o755 })
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  }

  it.each([
    ['2.25.1', 'GIT_TOO_OLD'],
    ['1.8.3', 'GIT_TOO_OLD'],
    ['2.31.0.windows.1', 'GITHUB_UNREACHABLE'],
    ['3.0.0', 'GITHUB_UNREACHABLE'],
  ])('names a git that is too old: %s', async (version, code) => {
    const path = process.env.PATH
    await oldGit(version)
    await expect(github.refs.list(['refs/tags/*'])).rejects.toMatchObject({ code })
    vi.stubEnv('PATH', path!)
  })

  it('leaves the files of an artifact where they are on an Enterprise Server, and says so', async () => {
    vi.stubEnv('GITHUB_SERVER_URL', 'https://github.acme.example')
    vi.stubEnv('ACTIONS_RUNTIME_TOKEN', 'x')
    const file = join(directory, 'run.json')
    await writeFile(file, '{}')
    await expect(github.artifacts.upload('mlops-run-1', [file], directory)).rejects.toMatchObject({
      code: 'ARTIFACT_UNSUPPORTED',
      message: expect.stringContaining('https://github.acme.example is a GitHub Enterprise Server'),
    })
    vi.stubEnv('GITHUB_SERVER_URL', 'https://github.com')
    vi.stubEnv('ACTIONS_RUNTIME_TOKEN', '')
  })
})
