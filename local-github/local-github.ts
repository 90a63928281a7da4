import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { answer } from './api/router.ts'
import { type Fault, Faults, faultReply, type OriginName } from './faults.ts'
import type { Git } from './git.ts'
import { type Incoming, type Origin, type Reply, serve } from './http.ts'
import { Limits } from './limits.ts'
import type { Approval, CollaboratorRole, Dispatch, WorkflowRun } from './records.ts'
import { answerResults } from './results/artifact-service.ts'
import { BlobStore } from './results/blobs.ts'
import { type Access, normalisePermissions, signJwt, type Token, workflowPermissions } from './tokens.ts'
import { account, addRun, backendId, ensureRun, newRepository, type Repository, type World } from './world.ts'

export interface LocalGitHubOptions {
  /** Where repositories and blobs are kept; created where missing. */
  directory: string
  /** The port of the API; by default any free one. */
  port?: number
  /** Requests an hour and repository, as GitHub counts them for GITHUB_TOKEN (default 1000). */
  rateLimit?: number
  /** Also apply the secondary limits: 900 points and 80 writes a minute, 500 writes an hour (default false). */
  secondaryLimits?: boolean
  /** Hold every request and answer of the REST API against GitHub's own OpenAPI document (default false). */
  checked?: boolean
}

export interface LoggedRequest {
  origin: OriginName
  method: string
  /** Decoded, without the query. */
  path: string
  query: string
  /** 0 where the connection was dropped. */
  status: number
  /** Whether an Authorization header was sent. */
  token: boolean
}

export interface LocalGitHub {
  apiUrl: string
  uploadsUrl: string
  blobsUrl: string
  /** With a trailing slash, as ACTIONS_RESULTS_URL has. */
  resultsUrl: string
  /** Creates a repository, empty as on GitHub: nothing can be made through the API before a first push or `commit`. */
  createRepository(
    fullName: string,
    options?: { private?: boolean; enterprise?: boolean; defaultBranch?: string; immutableReleases?: boolean },
  ): Promise<{ bare: string }>
  /** Commits files onto a branch, as a push would (null deletes a file), and gives the commit's id. */
  commit(
    fullName: string,
    options: {
      files: Record<string, string | Uint8Array | null>
      branch?: string
      from?: string
      message?: string
      author?: string
    },
  ): Promise<string>
  /** A token as GITHUB_TOKEN is one; by default with every permission that a workflow can have. */
  token(options: { repository: string; permissions?: Record<string, Access>; login?: string }): string
  /** The JWT for the results service: one job of one workflow run. */
  runtimeToken(options: { repository: string; runId: number; job?: string }): string
  /**
   * Everything a runner needs to reach this GitHub. GITHUB_SERVER_URL stays https://github.com, as the artifact client
   * demands; git is redirected to the bare repository by configuration.
   */
  environment(repository: string, options?: { runId?: number; job?: string }): Record<string, string>
  /** Writes down a workflow run, for the tests and demos that list runs; gives its id. */
  addRun(fullName: string, run?: Partial<Omit<WorkflowRun, 'actor'>> & { actor?: string }): Promise<number>
  /** Changes a run's status and conclusion. */
  updateRun(fullName: string, id: number, change: Partial<Pick<WorkflowRun, 'status' | 'conclusion'>>): void
  /** Writes down what a reviewer of an environment said to a run: by default that it is approved. */
  approve(
    fullName: string,
    id: number,
    review: { login: string; environment: string } & Partial<Pick<Approval, 'state' | 'comment'>>,
  ): void
  /** What an account may do; the owner is `admin`, others `read` (`none` in a private repository). */
  setPermission(fullName: string, login: string, role: CollaboratorRole): void
  /** The `repository_dispatch` events a repository has received. */
  dispatches(fullName: string): readonly Dispatch[]
  requests: LoggedRequest[]
  faults: Faults
  /** What `checked` found, one sentence each. */
  violations: string[]
  /** Stops the origins. Throws where `checked` found anything, so that no test can pass over it. */
  close(): Promise<void>
}

async function commitFiles(
  git: Git,
  branch: string,
  from: string | undefined,
  files: Record<string, string | Uint8Array | null>,
  message: string,
  author: string,
) {
  const ref = `refs/heads/${branch}`
  const old = await git.resolve(ref)
  const parent = old ?? (from ? await git.resolve(`${from}^{commit}`) : undefined)
  const folder = await mkdtemp(join(dirname(git.bare), 'index-'))
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') }
    if (parent) await git.text(['read-tree', parent], { env })
    let lines = ''
    for (const [path, content] of Object.entries(files))
      lines +=
        content === null ? `0 ${'0'.repeat(40)}\t${path}\0` : `100644 ${await git.write('blob', content)}\t${path}\0`
    await git.text(['update-index', '--add', '--replace', '-z', '--index-info'], { env, input: lines })
    const tree = await git.text(['write-tree'], { env })
    const email = `${author}@users.noreply.github.com`
    const who = {
      GIT_AUTHOR_NAME: author,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: author,
      GIT_COMMITTER_EMAIL: email,
    }
    const sha = await git.text(['commit-tree', tree, ...(parent ? ['-p', parent] : []), '-m', message], { env: who })
    await git.text(['update-ref', ref, sha, old ?? '0'.repeat(40)])
    return sha
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Starts a GitHub on loopback: API, uploads, blobs and results, each an origin of its own, over bare git repositories. */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  const { directory } = options
  await mkdir(join(directory, 'repositories'), { recursive: true })
  const blobs = new BlobStore(join(directory, 'blobs'))
  const faults = new Faults()
  const limits = new Limits(options.rateLimit ?? 1000, options.secondaryLimits ?? false)
  const requests: LoggedRequest[] = []
  // Ids begin above 32 bits, as GitHub's do.
  let lastId = 5_000_000_000
  const world: World = {
    urls: { api: '', uploads: '', blobs: '', results: '' },
    repositories: new Map(),
    tokens: new Map(),
    blobs,
    secret: randomBytes(32).toString('hex'),
    nextId: () => ++lastId,
  }
  const violations: string[] = []
  if (options.checked) {
    // Only tests have a use for it, and for ajv.
    const openapi = await import('./openapi.ts')
    world.witness = (exchange) => {
      for (const one of openapi.violations(exchange)) if (!violations.includes(one)) violations.push(one)
    }
  }

  const rest = async (origin: 'api' | 'uploads', request: Incoming, breakOff: boolean): Promise<Reply> => {
    const token = /^\S+ +(\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    const known = token ? world.tokens.get(token) : undefined
    const { headers, refusal } = limits.count(known?.repository.toLowerCase() ?? '', request)
    const reply = refusal ?? (await answer(world, origin, request, breakOff))
    const requestId = randomBytes(8).toString('hex').toUpperCase()
    return {
      ...reply,
      headers: {
        ...headers,
        'x-github-request-id': requestId,
        'x-github-media-type': 'github.v3; format=json',
        ...reply.headers,
      },
    }
  }

  const handlers: Record<OriginName, (request: Incoming, breakOff: boolean) => Promise<Reply>> = {
    api: (request, breakOff) => rest('api', request, breakOff),
    uploads: (request, breakOff) => rest('uploads', request, breakOff),
    blobs: (request) => blobs.handle(request),
    results: (request) => answerResults(world, request),
  }

  const listen = (name: OriginName, port: number): Promise<Origin> =>
    serve(port, async (request) => {
      const fault: Fault | undefined = faults.take(name, request)
      let reply: Reply | undefined
      if (fault?.effect !== 'none') reply = await handlers[name](request, fault?.effect === 'starter')
      if (fault) reply = faultReply(fault)
      requests.push({
        origin: name,
        method: request.method,
        path: decodePath(request.path),
        query: request.query.toString(),
        status: reply!.status,
        token: request.headers.authorization !== undefined,
      })
      return reply!
    })

  const origins = {
    api: await listen('api', options.port ?? 0),
    uploads: await listen('uploads', 0),
    blobs: await listen('blobs', 0),
    results: await listen('results', 0),
  }
  world.urls = {
    api: origins.api.url,
    uploads: origins.uploads.url,
    blobs: origins.blobs.url,
    results: origins.results.url,
  }
  blobs.origin = origins.blobs.url

  const find = (fullName: string): Repository => {
    const found = world.repositories.get(fullName.toLowerCase())
    if (!found) throw new Error(`no repository ${fullName} was created on this local GitHub`)
    return found
  }

  const runtimeToken: LocalGitHub['runtimeToken'] = ({ repository, runId, job = 'job' }) => {
    const known = find(repository)
    ensureRun(world, known, runId)
    const run = backendId('run', known.fullName, runId)
    const expires = Math.floor(Date.now() / 1000) + 6 * 3600
    return signJwt(
      {
        scp: `Actions.GenericRead:0 Actions.Results:${run}:${backendId('job', known.fullName, runId, job)}`,
        repository: known.fullName,
        run_id: runId,
        exp: expires,
      },
      world.secret,
    )
  }

  return {
    apiUrl: world.urls.api,
    uploadsUrl: world.urls.uploads,
    blobsUrl: world.urls.blobs,
    resultsUrl: `${world.urls.results}/`,
    requests,
    faults,
    violations,
    runtimeToken,

    async createRepository(
      fullName,
      { private: isPrivate = false, enterprise = false, defaultBranch = 'main', immutableReleases = false } = {},
    ) {
      if (!/^[\w.-]+\/[\w.-]+$/.test(fullName)) throw new Error(`${fullName} is not OWNER/REPOSITORY`)
      if (world.repositories.has(fullName.toLowerCase())) throw new Error(`${fullName} exists already`)
      const bare = join(directory, 'repositories', `${fullName}.git`)
      await mkdir(bare, { recursive: true })
      const repository = newRepository(world.nextId(), fullName, bare, isPrivate, defaultBranch)
      repository.enterprise = enterprise
      repository.immutableReleases = immutableReleases
      await repository.git.text(['init', '-q', '--bare', `--initial-branch=${defaultBranch}`, bare])
      const settings = ['uploadpack.allowAnySHA1InWant', 'uploadpack.allowFilter', 'receive.fsckObjects']
      for (const name of settings) await repository.git.text(['config', name, 'true'])
      await repository.git.text(['config', 'gc.auto', '0'])
      world.repositories.set(fullName.toLowerCase(), repository)
      return { bare }
    },

    commit(fullName, { files, branch, from, message = 'Change files', author = 'octocat' }) {
      const { git, defaultBranch } = find(fullName)
      const start = from ?? `refs/heads/${defaultBranch}`
      return commitFiles(git, branch ?? defaultBranch, start, files, message, author)
    },

    token({ repository, permissions, login = 'github-actions[bot]' }) {
      const known = find(repository)
      const secret = `ghs_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`
      const token: Token = {
        repository: known.fullName,
        login,
        permissions: permissions ? normalisePermissions(permissions) : { ...workflowPermissions },
      }
      world.tokens.set(secret, token)
      return secret
    },

    environment(repository, { runId = 1, job } = {}) {
      const { git, fullName } = find(repository)
      const key = `url.${git.bare}.insteadOf`
      return {
        GITHUB_API_URL: world.urls.api,
        GITHUB_SERVER_URL: 'https://github.com',
        ACTIONS_RESULTS_URL: `${world.urls.results}/`,
        ACTIONS_RUNTIME_TOKEN: runtimeToken({ repository, runId, ...(job ? { job } : {}) }),
        ACTIONS_CACHE_SERVICE_V2: 'true',
        GIT_CONFIG_COUNT: '2',
        GIT_CONFIG_KEY_0: key,
        GIT_CONFIG_VALUE_0: `https://github.com/${fullName}`,
        GIT_CONFIG_KEY_1: key,
        GIT_CONFIG_VALUE_1: `https://github.com/${fullName}.git`,
        GIT_TERMINAL_PROMPT: '0',
      }
    },

    async addRun(fullName, { actor, ...run } = {}) {
      const added = await addRun(world, find(fullName), { ...run, ...(actor ? { actor: account(actor) } : {}) })
      return added.id
    },

    updateRun(fullName, id, change) {
      const run = find(fullName).runs.get(id)
      if (!run) throw new Error(`${fullName} has no workflow run ${id}`)
      Object.assign(run, change)
    },

    approve(fullName, id, { login, ...review }) {
      const run = find(fullName).runs.get(id)
      if (!run) throw new Error(`${fullName} has no workflow run ${id}`)
      run.approvals.push({ user: account(login), state: 'approved', comment: '', ...review })
    },

    setPermission(fullName, login, role) {
      find(fullName).collaborators.set(login, role)
    },

    dispatches: (fullName) => find(fullName).dispatches,

    async close() {
      await Promise.all(Object.values(origins).map((origin) => origin.close()))
      if (violations.length > 0) throw new Error(`GitHub's OpenAPI document is violated:\n${violations.join('\n')}`)
    },
  }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
