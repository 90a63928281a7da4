/** What the local GitHub remembers outside git: plain data, one type a kind of thing. Times are ISO strings in whole seconds. */

export interface Account {
  login: string
  id: number
  type: 'User' | 'Bot' | 'Organization'
}

export interface Label {
  id: number
  name: string
  color: string
  description: string
}

export interface PullDetails {
  head: { repository: string; branch: string; sha: string }
  base: { branch: string; sha: string }
  draft: boolean
  merged: boolean
}

/** An issue, or a pull request (which GitHub numbers and comments as an issue). */
export interface Issue {
  id: number
  number: number
  title: string
  body: string | null
  state: 'open' | 'closed'
  stateReason: 'completed' | 'reopened' | 'not_planned' | 'duplicate' | null
  labels: string[]
  assignees: string[]
  user: Account
  createdAt: string
  updatedAt: string
  closedAt: string | null
  pull?: PullDetails
}

export interface Comment {
  id: number
  issue: number
  body: string
  user: Account
  createdAt: string
  updatedAt: string
}

export interface Asset {
  id: number
  name: string
  label: string | null
  contentType: string
  state: 'uploaded' | 'starter'
  size: number
  digest: string | null
  /** The blob's key in the blob store. */
  blob: string
  downloads: number
  uploader: Account
  createdAt: string
  updatedAt: string
}

export interface Release {
  id: number
  tag: string
  target: string
  name: string | null
  body: string | null
  draft: boolean
  prerelease: boolean
  immutable: boolean
  /** Whether `make_latest` lets this release be the latest one. */
  latest: 'true' | 'false' | 'legacy'
  author: Account
  createdAt: string
  publishedAt: string | null
  assets: Asset[]
}

export interface DeploymentStatus {
  id: number
  state: 'error' | 'failure' | 'inactive' | 'in_progress' | 'queued' | 'pending' | 'success'
  description: string
  environment: string
  logUrl: string
  environmentUrl: string
  creator: Account
  createdAt: string
}

export interface Deployment {
  id: number
  sha: string
  ref: string
  task: string
  payload: string | Record<string, unknown>
  environment: string
  description: string | null
  transient: boolean
  production: boolean
  creator: Account
  createdAt: string
  updatedAt: string
  /** Oldest first. */
  statuses: DeploymentStatus[]
}

export interface Environment {
  id: number
  name: string
  waitTimer: number
  preventSelfReview: boolean
  reviewers: { type: 'User' | 'Team'; id: number }[]
  branchPolicy: { protected_branches: boolean; custom_branch_policies: boolean } | null
  createdAt: string
  updatedAt: string
}

export interface Ruleset {
  id: number
  name: string
  target: 'branch' | 'tag'
  enforcement: 'active' | 'disabled' | 'evaluate'
  /** Patterns of full refs. */
  include: string[]
  exclude: string[]
  rules: { type: string }[]
  createdAt: string
}

/** What a reviewer said to a run that waited for an environment. */
export interface Approval {
  user: Account
  environment: string
  state: 'approved' | 'rejected'
  comment: string
}

export interface WorkflowRun {
  id: number
  number: number
  name: string
  /** The workflow's file, `.github/workflows/train.yml`. */
  path: string
  event: string
  branch: string
  sha: string
  status: string
  conclusion: string | null
  actor: Account
  inputs: Record<string, unknown>
  approvals: Approval[]
  createdAt: string
  updatedAt: string
}

export interface Dispatch {
  eventType: string
  payload: Record<string, unknown>
  createdAt: string
}

export interface Artifact {
  id: number
  run: number
  runBackend: string
  jobBackend: string
  name: string
  mimeType: string
  size: number
  digest: string | null
  blob: string
  /** False between CreateArtifact and FinalizeArtifact: then no list shows it. */
  finalized: boolean
  createdAt: string
  expiresAt: string
}

/** A signed statement, kept by what it says of whom. */
export interface Attestation {
  id: number
  predicateType: string
  /** `sha256:…` each. */
  subjects: string[]
  bundle: Record<string, unknown>
}

export type CollaboratorRole = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none'
