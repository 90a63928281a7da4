import type { components } from '@octokit/openapi-types'
import type { Issue, PullDetails } from '../records.ts'
import { account } from '../world.ts'
import {
  accountJson,
  type Call,
  created,
  htmlUrl,
  id,
  invalid,
  nodeId,
  notFound,
  ok,
  optionalFlag,
  optionalText,
  page,
  Refusal,
  type Route,
  repositoryUrl,
  text,
} from './answer.ts'
import { checkBody, labelsJson, newIssue, patchIssue } from './issues.ts'
import { repositoryJson } from './repository-json.ts'
import { resolveCommit } from './revisions.ts'

type Pull = Issue & { pull: PullDetails }

const isPull = (issue: Issue): issue is Pull => issue.pull !== undefined

function pullOf(call: Call): Pull {
  const issue = call.repository.issues.get(id(call, 'number'))
  if (!issue || !isPull(issue)) throw notFound()
  return issue
}

/** An open pull request follows its branches; `refs/pull/N/head` keeps the head's commits in the base repository. */
async function refresh(call: Call, issue: Pull): Promise<Pull> {
  const { pull } = issue
  const from = call.world.repositories.get(pull.head.repository.toLowerCase())
  const sha = from && (await from.git.resolve(`refs/heads/${pull.head.branch}`))
  if (issue.state !== 'open' || !from || !sha) return issue
  const { git } = call.repository
  await git.text(['fetch', '-q', from.git.bare, `+refs/heads/${pull.head.branch}:refs/pull/${issue.number}/head`])
  pull.head.sha = sha
  pull.base.sha = (await git.resolve(`refs/heads/${pull.base.branch}`)) ?? pull.base.sha
  return issue
}

function endJson(call: Call, fullName: string, branch: string, sha: string) {
  const repository = call.world.repositories.get(fullName.toLowerCase())!
  return {
    label: `${repository.owner}:${branch}`,
    ref: branch,
    sha,
    user: accountJson(call.world, account(repository.owner)),
    repo: repositoryJson(call.world, repository),
  }
}

/** A pull request as lists show it. */
function pullJson(call: Call, issue: Pull) {
  const url = `${repositoryUrl(call)}/pulls/${issue.number}`
  const html = `${htmlUrl(call.repository)}/pull/${issue.number}`
  const { head, base, draft, merged } = issue.pull
  return {
    url,
    id: issue.id,
    node_id: nodeId('PR', issue.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: `${repositoryUrl(call)}/issues/${issue.number}`,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(call)}/pulls/comments{/number}`,
    statuses_url: `${repositoryUrl(call)}/statuses/${head.sha}`,
    comments_url: `${repositoryUrl(call)}/issues/${issue.number}/comments`,
    number: issue.number,
    state: issue.state,
    locked: false,
    title: issue.title,
    user: accountJson(call.world, issue.user),
    body: issue.body,
    labels: labelsJson(call, issue.labels),
    draft,
    merged_at: merged ? issue.closedAt : null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    assignee: null,
    assignees: [],
    milestone: null,
    auto_merge: null,
    merge_commit_sha: null,
    requested_teams: [],
    requested_reviewers: [],
    head: endJson(call, head.repository, head.branch, head.sha),
    base: endJson(call, call.repository.fullName, base.branch, base.sha),
    author_association: 'NONE',
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: `${repositoryUrl(call)}/issues/${issue.number}` },
      comments: { href: `${repositoryUrl(call)}/issues/${issue.number}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${repositoryUrl(call)}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: `${repositoryUrl(call)}/statuses/${head.sha}` },
    },
  } satisfies components['schemas']['pull-request-simple']
}

/** A pull request by itself, with what it changes. Whether it can be merged GitHub tells later, and this one never. */
async function wholePullJson(call: Call, issue: Pull): Promise<components['schemas']['pull-request']> {
  const { merged, head, base } = issue.pull
  const changed = await changes(call, issue)
  const sum = (of: 'additions' | 'deletions') => changed.reduce((total, one) => total + one[of], 0)
  const commits = await call.repository.git.text(['rev-list', '--count', `${base.sha}..${head.sha}`])
  return {
    ...pullJson(call, issue),
    merged,
    merged_by: null,
    mergeable: null,
    mergeable_state: 'unknown',
    maintainer_can_modify: false,
    comments: [...call.repository.comments.values()].filter((one) => one.issue === issue.number).length,
    review_comments: 0,
    commits: Number(commits),
    changed_files: changed.length,
    additions: sum('additions'),
    deletions: sum('deletions'),
  }
}

async function create(call: Call) {
  const { repository } = call
  const title = text(call, 'title', 'PullRequest')
  const baseBranch = text(call, 'base', 'PullRequest')
  const headName = text(call, 'head', 'PullRequest')
  const body = optionalText(call, 'body') ?? null
  checkBody('PullRequest', body)
  const [owner, branch] = headName.includes(':')
    ? (headName.split(':') as [string, string])
    : [repository.owner, headName]
  const from =
    owner.toLowerCase() === repository.owner.toLowerCase()
      ? repository
      : call.world.repositories.get(`${owner}/${repository.name}`.toLowerCase())
  const base = await repository.git.resolve(`refs/heads/${baseBranch}`)
  const head = await from?.git.resolve(`refs/heads/${branch}`)
  if (!base) throw invalid('PullRequest', 'invalid', 'base')
  if (!from || !head) throw invalid('PullRequest', 'invalid', 'head')
  const same = [...repository.issues.values()].find(
    (one) =>
      one.state === 'open' &&
      one.pull?.head.repository === from.fullName &&
      one.pull.head.branch === branch &&
      one.pull.base.branch === baseBranch,
  )
  if (same)
    throw new Refusal(422, 'Validation Failed', [
      { resource: 'PullRequest', code: 'custom', message: `A pull request already exists for ${owner}:${branch}.` },
    ])
  if (from === repository && (await repository.git.isAncestor(head, base)))
    throw new Refusal(422, 'Validation Failed', [
      { resource: 'PullRequest', code: 'custom', message: `No commits between ${baseBranch} and ${branch}` },
    ])
  const pull: PullDetails = {
    head: { repository: from.fullName, branch, sha: head },
    base: { branch: baseBranch, sha: base },
    draft: optionalFlag(call, 'draft') ?? false,
    merged: false,
  }
  const issue = newIssue(call, { title, body, pull }) as Pull
  return created(await wholePullJson(call, await refresh(call, issue)))
}

async function list(call: Call) {
  const { query } = call
  const state = query.get('state') ?? 'open'
  const head = query.get('head')
  const base = query.get('base')
  const found: Pull[] = []
  for (const issue of call.repository.issues.values()) {
    if (!isPull(issue)) continue
    if (state !== 'all' && issue.state !== state) continue
    if (head && `${issue.pull.head.repository.split('/')[0]}:${issue.pull.head.branch}` !== head) continue
    if (base && issue.pull.base.branch !== base) continue
    found.push(await refresh(call, issue))
  }
  found.sort((a, b) => (query.get('direction') === 'asc' ? a.number - b.number : b.number - a.number))
  return page(
    call,
    found.map((issue) => pullJson(call, issue)),
  )
}

type Change = components['schemas']['diff-entry']

const statuses: Record<string, Change['status']> = { A: 'added', D: 'removed', M: 'modified', T: 'changed' }

/** The files that a pull request changes. */
async function changes(call: Call, { pull }: Pull): Promise<Change[]> {
  const { git } = call.repository
  const listed = await git.text([
    'diff',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '-z',
    `${pull.base.sha}...${pull.head.sha}`,
  ])
  const parts = listed.split('\0')
  const counts = new Map<string, [number, number]>()
  const numbers = await git.text(['diff', '--numstat', '--no-renames', '-z', `${pull.base.sha}...${pull.head.sha}`])
  for (const line of numbers.split('\0')) {
    const [added, removed, path] = line.split('\t')
    if (path) counts.set(path, [Number(added) || 0, Number(removed) || 0])
  }
  const html = htmlUrl(call.repository)
  const changed: Change[] = []
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [, , before, after, status] = parts[i]!.split(' ')
    const path = parts[i + 1]!
    const [additions, deletions] = counts.get(path) ?? [0, 0]
    const encoded = path.split('/').map(encodeURIComponent).join('/')
    const inside = `${pull.head.sha}/${encoded}`
    changed.push({
      sha: (status === 'D' ? before : after)!,
      filename: path,
      status: statuses[status!] ?? 'changed',
      additions,
      deletions,
      changes: additions + deletions,
      blob_url: `${html}/blob/${inside}`,
      raw_url: `${html}/raw/${inside}`,
      contents_url: `${repositoryUrl(call)}/contents/${encoded}?ref=${pull.head.sha}`,
    })
  }
  return changed
}

async function ofCommit(call: Call) {
  const sha = await resolveCommit(call.repository, call.params.sha!)
  if (!sha) throw new Refusal(422, `No commit found for SHA: ${call.params.sha}`)
  const found: Pull[] = []
  for (const issue of call.repository.issues.values()) {
    if (!isPull(issue)) continue
    const { pull } = await refresh(call, issue)
    const { git } = call.repository
    if ((await git.isAncestor(sha, pull.head.sha)) && (pull.merged || !(await git.isAncestor(sha, pull.base.sha))))
      found.push(issue)
  }
  return page(
    call,
    found.map((issue) => pullJson(call, issue)),
  )
}

const base = '/repos/{owner}/{repo}/pulls'

export const pullRoutes: Route[] = [
  { method: 'POST', path: base, needs: ['pull_requests:write'], handle: create },
  { method: 'GET', path: base, needs: ['pull_requests:read'], handle: list },
  {
    method: 'GET',
    path: `${base}/{number}`,
    needs: ['pull_requests:read'],
    handle: async (call) => ok(await wholePullJson(call, await refresh(call, pullOf(call)))),
  },
  {
    method: 'PATCH',
    path: `${base}/{number}`,
    needs: ['pull_requests:write'],
    async handle(call) {
      const issue = pullOf(call)
      patchIssue(call, issue)
      return ok(await wholePullJson(call, issue))
    },
  },
  {
    method: 'GET',
    path: `${base}/{number}/files`,
    needs: ['pull_requests:read'],
    handle: async (call) => page(call, await changes(call, await refresh(call, pullOf(call)))),
  },
  { method: 'GET', path: '/repos/{owner}/{repo}/commits/{sha}/pulls', needs: ['pull_requests:read'], handle: ofCommit },
]
