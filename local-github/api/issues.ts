import type { components } from '@octokit/openapi-types'
import type { Comment, Issue, Label } from '../records.ts'
import { permits } from '../tokens.ts'
import { account, now, type Repository } from '../world.ts'
import {
  accountJson,
  type Call,
  created,
  forbidden,
  htmlUrl,
  id,
  invalid,
  noContent,
  nodeId,
  notFound,
  ok,
  optionalText,
  page,
  Refusal,
  type Route,
  repositoryUrl,
  text,
} from './answer.ts'

/** The longest body of an issue, a pull request or a comment, in characters. */
const BODY_LIMIT = 65_536

export function checkBody(resource: string, body: string | null | undefined): void {
  if (body && body.length > BODY_LIMIT)
    throw new Refusal(422, 'Validation Failed', [
      {
        resource,
        code: 'unprocessable',
        field: 'data',
        message: `Body is too long (maximum is ${BODY_LIMIT} characters)`,
      },
    ])
}

export function newIssue(call: Call, given: Pick<Issue, 'title' | 'body'> & Partial<Issue>): Issue {
  const { repository } = call
  repository.lastNumber += 1
  const issue: Issue = {
    id: call.world.nextId(),
    number: repository.lastNumber,
    state: 'open',
    stateReason: null,
    labels: [],
    assignees: [],
    user: call.user,
    createdAt: now(),
    updatedAt: now(),
    closedAt: null,
    ...given,
  }
  repository.issues.set(issue.number, issue)
  return issue
}

function labelNames(call: Call): string[] | undefined {
  const given = call.body.labels
  if (given === undefined) return undefined
  if (!Array.isArray(given)) throw new Refusal(422, "Invalid request.\n\nFor 'properties/labels', it is not an array.")
  return given.map((one) => {
    const name = typeof one === 'object' && one !== null ? (one as { name?: unknown }).name : one
    if (typeof name !== 'string' || name === '') throw invalid('Label', 'invalid', 'name')
    // A writer who names an unknown label creates it.
    if (!call.repository.labels.has(name))
      call.repository.labels.set(name, { id: call.world.nextId(), name, color: 'ededed', description: '' })
    return name
  })
}

const labelJson = (call: Call, label: Label) => ({
  id: label.id,
  node_id: nodeId('LA', label.id),
  url: `${repositoryUrl(call)}/labels/${encodeURIComponent(label.name)}`,
  name: label.name,
  color: label.color,
  default: false,
  description: label.description,
})

export const labelsJson = (call: Call, names: string[]) =>
  names.map((name) => labelJson(call, call.repository.labels.get(name)!))

const commentsOf = (repository: Repository, number: number) =>
  [...repository.comments.values()].filter((comment) => comment.issue === number)

function issueJson(call: Call, issue: Issue): components['schemas']['issue'] {
  const url = `${repositoryUrl(call)}/issues/${issue.number}`
  const html = `${htmlUrl(call.repository)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`
  return {
    url,
    repository_url: repositoryUrl(call),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id: issue.id,
    node_id: nodeId('I', issue.id),
    number: issue.number,
    title: issue.title,
    user: accountJson(call.world, issue.user),
    labels: labelsJson(call, issue.labels),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: false,
    assignee: issue.assignees[0] ? accountJson(call.world, account(issue.assignees[0])) : null,
    assignees: issue.assignees.map((login) => accountJson(call.world, account(login))),
    milestone: null,
    comments: commentsOf(call.repository, issue.number).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: 'NONE',
    ...(issue.pull
      ? {
          pull_request: {
            url: `${repositoryUrl(call)}/pulls/${issue.number}`,
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
            merged_at: issue.pull.merged ? issue.closedAt : null,
          },
        }
      : {}),
    body: issue.body,
  }
}

function commentJson(call: Call, comment: Comment): components['schemas']['issue-comment'] {
  const issue = call.repository.issues.get(comment.issue)
  const html = `${htmlUrl(call.repository)}/${issue?.pull ? 'pull' : 'issues'}/${comment.issue}#issuecomment-${comment.id}`
  return {
    url: `${repositoryUrl(call)}/issues/comments/${comment.id}`,
    html_url: html,
    issue_url: `${repositoryUrl(call)}/issues/${comment.issue}`,
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: accountJson(call.world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: 'NONE',
    body: comment.body,
  }
}

/** Issues need `issues`; on a pull request `pull_requests` is as good. */
function issueOf(call: Call, access: 'read' | 'write', number = id(call, 'number')): Issue {
  const issue = call.repository.issues.get(number)
  if (!issue) throw notFound()
  const needed = [`issues:${access}`, ...(issue.pull ? [`pull_requests:${access}`] : [])]
  if (call.token.repository === call.repository.fullName && !permits(call.token, needed)) throw forbidden()
  return issue
}

function commentOf(call: Call, access: 'read' | 'write'): Comment {
  const comment = call.repository.comments.get(id(call, 'id'))
  if (!comment) throw notFound()
  issueOf(call, access, comment.issue)
  return comment
}

function closingReason(call: Call): Issue['stateReason'] {
  const given = optionalText(call, 'state_reason') ?? 'completed'
  if (given !== 'completed' && given !== 'not_planned' && given !== 'duplicate')
    throw invalid('Issue', 'invalid', 'state_reason')
  return given
}

/** Applies title, body, state and labels of a PATCH to an issue or a pull request. */
export function patchIssue(call: Call, issue: Issue): void {
  const title = optionalText(call, 'title')
  const body = optionalText(call, 'body')
  const state = optionalText(call, 'state')
  checkBody('Issue', body)
  if (state && state !== 'open' && state !== 'closed') throw invalid('Issue', 'invalid', 'state')
  const labels = labelNames(call)
  if (typeof title === 'string') issue.title = title
  if (body !== undefined) issue.body = body
  if (labels) issue.labels = [...new Set(labels)]
  if (state && state !== issue.state) {
    issue.state = state as Issue['state']
    issue.closedAt = state === 'closed' ? now() : null
    issue.stateReason = state === 'closed' ? closingReason(call) : 'reopened'
  }
  issue.updatedAt = now()
}

function createIssue(call: Call) {
  const title = text(call, 'title', 'Issue')
  if (title.trim() === '') throw invalid('Issue', 'missing_field', 'title')
  const body = optionalText(call, 'body') ?? null
  checkBody('Issue', body)
  const labels = [...new Set(labelNames(call) ?? [])]
  const assignees = Array.isArray(call.body.assignees)
    ? call.body.assignees.filter((one) => typeof one === 'string')
    : []
  return created(issueJson(call, newIssue(call, { title, body, labels, assignees })))
}

function listIssues(call: Call) {
  const { query } = call
  const state = query.get('state') ?? 'open'
  const labels = (query.get('labels') ?? '').split(',').filter((name) => name !== '')
  const creator = query.get('creator')
  const since = query.get('since')
  const found = [...call.repository.issues.values()].filter(
    (issue) =>
      (state === 'all' || issue.state === state) &&
      labels.every((label) => issue.labels.includes(label)) &&
      (!creator || issue.user.login === creator) &&
      (!since || issue.updatedAt >= since),
  )
  found.sort((a, b) => b.number - a.number)
  if (query.get('direction') === 'asc') found.reverse()
  return page(
    call,
    found.map((issue) => issueJson(call, issue)),
  )
}

function createComment(call: Call) {
  const issue = issueOf(call, 'write')
  const body = text(call, 'body', 'IssueComment')
  if (body.trim() === '')
    throw new Refusal(422, 'Validation Failed', [
      { resource: 'IssueComment', code: 'unprocessable', field: 'data', message: 'Body cannot be blank' },
    ])
  checkBody('IssueComment', body)
  const comment: Comment = {
    id: call.world.nextId(),
    issue: issue.number,
    body,
    user: call.user,
    createdAt: now(),
    updatedAt: now(),
  }
  call.repository.comments.set(comment.id, comment)
  return created(commentJson(call, comment))
}

const readable = ['issues:read', 'pull_requests:read']
const writable = ['issues:write', 'pull_requests:write']
const base = '/repos/{owner}/{repo}/issues'

export const issueRoutes: Route[] = [
  { method: 'POST', path: base, needs: ['issues:write'], handle: createIssue },
  { method: 'GET', path: base, needs: ['issues:read'], handle: listIssues },
  {
    method: 'GET',
    path: `${base}/comments`,
    needs: readable,
    handle: (call) =>
      page(
        call,
        [...call.repository.comments.values()].map((one) => commentJson(call, one)),
      ),
  },
  {
    method: 'GET',
    path: `${base}/comments/{id}`,
    needs: readable,
    handle: (call) => ok(commentJson(call, commentOf(call, 'read'))),
  },
  {
    method: 'PATCH',
    path: `${base}/comments/{id}`,
    needs: writable,
    handle(call) {
      const comment = commentOf(call, 'write')
      const body = text(call, 'body', 'IssueComment')
      checkBody('IssueComment', body)
      comment.body = body
      comment.updatedAt = now()
      return ok(commentJson(call, comment))
    },
  },
  {
    method: 'DELETE',
    path: `${base}/comments/{id}`,
    needs: writable,
    handle(call) {
      call.repository.comments.delete(commentOf(call, 'write').id)
      return noContent()
    },
  },
  {
    method: 'GET',
    path: `${base}/{number}`,
    needs: readable,
    handle: (call) => ok(issueJson(call, issueOf(call, 'read'))),
  },
  {
    method: 'PATCH',
    path: `${base}/{number}`,
    needs: writable,
    handle(call) {
      const issue = issueOf(call, 'write')
      patchIssue(call, issue)
      return ok(issueJson(call, issue))
    },
  },
  { method: 'POST', path: `${base}/{number}/comments`, needs: writable, handle: createComment },
  {
    method: 'GET',
    path: `${base}/{number}/comments`,
    needs: readable,
    handle(call) {
      const issue = issueOf(call, 'read')
      const since = call.query.get('since')
      const found = commentsOf(call.repository, issue.number).filter((one) => !since || one.updatedAt >= since)
      return page(
        call,
        found.map((one) => commentJson(call, one)),
      )
    },
  },
  {
    method: 'POST',
    path: `${base}/{number}/labels`,
    needs: writable,
    handle(call) {
      const issue = issueOf(call, 'write')
      issue.labels = [...new Set([...issue.labels, ...(labelNames(call) ?? [])])]
      return ok(labelsJson(call, issue.labels))
    },
  },
  {
    method: 'DELETE',
    path: `${base}/{number}/labels/{label}`,
    needs: writable,
    handle(call) {
      const issue = issueOf(call, 'write')
      if (!issue.labels.includes(call.params.label!)) throw new Refusal(404, 'Label does not exist')
      issue.labels = issue.labels.filter((name) => name !== call.params.label)
      return ok(labelsJson(call, issue.labels))
    },
  },
]
