import { createHash } from 'node:crypto'
import { Git } from './git.ts'
import type { Exchange } from './openapi.ts'
import type {
  Account,
  Artifact,
  Attestation,
  CollaboratorRole,
  Comment,
  Deployment,
  Dispatch,
  Environment,
  Issue,
  Label,
  Release,
  Ruleset,
  WorkflowRun,
} from './records.ts'
import type { BlobStore } from './results/blobs.ts'
import type { Token } from './tokens.ts'

export interface Repository {
  id: number
  owner: string
  name: string
  /** `OWNER/NAME`, as created. */
  fullName: string
  private: boolean
  /** Its owner has Enterprise Cloud, without which a private repository has no attestations. */
  enterprise: boolean
  defaultBranch: string
  git: Git
  createdAt: string
  immutableReleases: boolean
  /** Tags that immutable releases were ever published under: they are not made or moved again, whatever is deleted. */
  spentTags: Set<string>
  lastNumber: number
  issues: Map<number, Issue>
  labels: Map<string, Label>
  comments: Map<number, Comment>
  releases: Map<number, Release>
  deployments: Map<number, Deployment>
  environments: Map<string, Environment>
  rulesets: Map<number, Ruleset>
  runs: Map<number, WorkflowRun>
  artifacts: Map<number, Artifact>
  attestations: Attestation[]
  dispatches: Dispatch[]
  collaborators: Map<string, CollaboratorRole>
}

/** Everything the four origins share. */
export interface World {
  urls: { api: string; uploads: string; blobs: string; results: string }
  /** By lower-case full name: GitHub's names ignore case. */
  repositories: Map<string, Repository>
  tokens: Map<string, Token>
  blobs: BlobStore
  /** Signs runtime tokens. */
  secret: string
  nextId(): number
  /** Told of every request to the REST API that found its route, where somebody wants to know. */
  witness?: (exchange: Exchange) => void
}

/** Now, as GitHub writes times. */
export const now = (): string => timestamp(new Date())

export const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`

/** A stable positive number for a name. */
const numberOf = (text: string) => createHash('sha256').update(text).digest().readUInt32BE(0) % 100_000_000

export function account(login: string): Account {
  if (login === 'github-actions[bot]') return { login, id: 41898282, type: 'Bot' }
  return { login, id: numberOf(login.toLowerCase()), type: login.endsWith('[bot]') ? 'Bot' : 'User' }
}

/** The address GitHub signs an account's commits and tags with. */
export const noreply = (who: Account): string => `${who.id}+${who.login}@users.noreply.github.com`

/** An id of the results service: a UUID that depends on nothing but what it names. */
export function backendId(...parts: (string | number)[]): string {
  const hex = createHash('sha256').update(parts.join('\n')).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

export function newRepository(id: number, fullName: string, bare: string, isPrivate: boolean, branch: string) {
  const [owner, name] = fullName.split('/') as [string, string]
  const repository: Repository = {
    id,
    owner,
    name,
    fullName,
    private: isPrivate,
    enterprise: false,
    defaultBranch: branch,
    git: new Git(bare),
    createdAt: now(),
    immutableReleases: false,
    spentTags: new Set(),
    lastNumber: 0,
    issues: new Map(),
    labels: new Map(),
    comments: new Map(),
    releases: new Map(),
    deployments: new Map(),
    environments: new Map(),
    rulesets: new Map(),
    runs: new Map(),
    artifacts: new Map(),
    attestations: [],
    dispatches: [],
    collaborators: new Map([[owner, 'admin']]),
  }
  return repository
}

/** Finds a workflow run, or writes one down: a runtime token may name a run that nobody dispatched. */
export function ensureRun(world: World, repository: Repository, id: number): WorkflowRun {
  return repository.runs.get(id) ?? recordRun(world, repository, { id })
}

/** Writes down a workflow run; what is not given is a push to the default branch that is in progress. */
export async function addRun(world: World, repository: Repository, given: Partial<WorkflowRun>): Promise<WorkflowRun> {
  const branch = given.branch ?? repository.defaultBranch
  const sha = given.sha ?? (await repository.git.resolve(`refs/heads/${branch}`))
  return recordRun(world, repository, sha ? { ...given, sha } : given)
}

function recordRun(world: World, repository: Repository, given: Partial<WorkflowRun>): WorkflowRun {
  const path = given.path ?? '.github/workflows/ci.yml'
  const run: WorkflowRun = {
    id: given.id ?? world.nextId(),
    number: 1 + [...repository.runs.values()].filter((other) => other.path === path).length,
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    event: 'push',
    branch: repository.defaultBranch,
    sha: '0'.repeat(40),
    status: 'in_progress',
    conclusion: null,
    actor: account('github-actions[bot]'),
    inputs: {},
    approvals: [],
    createdAt: now(),
    updatedAt: now(),
    ...given,
  }
  repository.runs.set(run.id, run)
  return run
}
