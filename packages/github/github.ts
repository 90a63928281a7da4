import type { Say } from '@mlops-actions/files'
import { UserError } from '@mlops-actions/verdict'
import { type Approvals, approvals } from './approvals.ts'
import { type Artifacts, artifacts } from './artifacts.ts'
import { type Attestations, attestations } from './attestations.ts'
import { type Contents, contents } from './contents.ts'
import { type Comments, comments, type Issues, issues, type Pulls, pulls } from './conversation.ts'
import { type Environments, environments } from './environments.ts'
import { type Objects, objects } from './objects.ts'
import type { Need } from './permissions.ts'
import { type Refs, refs } from './refs.ts'
import { type Releases, releases } from './releases.ts'
import { type Rulesets, rulesets } from './rulesets.ts'
import { type Clock, isLoopback, openTransport } from './transport.ts'
import { type Deployments, type Dispatch, deployments, dispatch } from './workflows.ts'

export interface GitHubOptions {
  /** `https://api.github.com`; GITHUB_API_URL in a job. */
  apiUrl: string
  /** `https://github.com`; GITHUB_SERVER_URL in a job. Git is spoken with it. */
  serverUrl: string
  /** `owner/name`. */
  repository: string
  /** Empty where none was given: the first call that needs it says so. */
  token: string
  /** What all the work needs, for the error where GitHub refuses a part of it. */
  needs?: readonly Need[]
  /** Milliseconds between writes: 1000 as GitHub asks, 0 for an API on this machine. */
  pace?: number
  /** Told how far the transfer of a large file is. */
  say?: Say
  /** The clock of the machine, unless a test gives another. */
  clock?: Clock
}

/** One repository on GitHub: all that this pack reads and writes there. */
export interface GitHub {
  repository: string
  apiUrl: string
  serverUrl: string
  /** Told how far the transfer of a large file is. */
  say: Say | undefined
  refs: Refs
  objects: Objects
  releases: Releases
  rulesets: Rulesets
  contents: Contents
  comments: Comments
  issues: Issues
  pulls: Pulls
  deployments: Deployments
  dispatch: Dispatch
  artifacts: Artifacts
  approvals: Approvals
  attestations: Attestations
  environments: Environments
  /** Whether others can read it, and which branch is its default. */
  about(): Promise<{ private: boolean; defaultBranch: string }>
}

/** Opens a repository. Nothing is sent before the first call. */
export function openGitHub(options: GitHubOptions): GitHub {
  const { serverUrl, repository, token, needs = [] } = options
  const apiUrl = options.apiUrl.replace(/\/+$/, '')
  const [owner, repo, ...rest] = repository.split('/')
  if (!owner || !repo || rest.length > 0)
    throw new UserError({
      code: 'GITHUB_REPOSITORY',
      message: `"${repository}" does not name a GitHub repository.`,
      help: 'Give it as owner/name; in a job GITHUB_REPOSITORY holds it.',
    })
  const pace = options.pace ?? (isLoopback(apiUrl) ? 0 : 1000)
  const api = openTransport({ apiUrl, owner, repo, token, pace, needs, clock: options.clock })
  return {
    repository,
    apiUrl,
    serverUrl,
    say: options.say,
    refs: refs(api, { serverUrl, repository, token, needs }),
    objects: objects(api),
    releases: releases(api, options.say),
    rulesets: rulesets(api),
    contents: contents(api),
    comments: comments(api),
    issues: issues(api),
    pulls: pulls(api),
    deployments: deployments(api),
    dispatch: dispatch(api, contents(api)),
    artifacts: artifacts(api),
    approvals: approvals(api),
    attestations: attestations(api, serverUrl),
    environments: environments(api),
    async about() {
      const found = await api.call<{ private: boolean; default_branch: string }>(
        'GET /repos/{owner}/{repo}',
        {},
        { what: 'read the repository', permission: 'contents: read' },
      )
      return { private: found.private, defaultBranch: found.default_branch }
    },
  }
}
