import type { components } from '@octokit/openapi-types'
import { account, type Repository, type World } from '../world.ts'
import { accountJson, htmlUrl, nodeId } from './answer.ts'

type Schemas = components['schemas']
/** All three ways in which GitHub shows a repository at once. */
type RepositoryJson = Schemas['full-repository'] & Schemas['repository'] & Schemas['minimal-repository']

/** Where GitHub says that a repository's parts are; most of them are not served here. */
const parts = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
}

/** A repository, alone or inside other things; what nobody can set here is as in a new one. */
export function repositoryJson(world: World, repository: Repository): RepositoryJson {
  const url = `${world.urls.api}/repos/${repository.fullName}`
  const issues = [...repository.issues.values()].filter((one) => one.state === 'open').length
  return {
    ...(Object.fromEntries(Object.entries(parts).map(([name, path]) => [name, url + path])) as typeof parts),
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: repository.fullName,
    private: repository.private,
    visibility: repository.private ? 'private' : 'public',
    owner: accountJson(world, account(repository.owner)),
    description: null,
    homepage: null,
    language: null,
    license: null,
    mirror_url: null,
    fork: false,
    archived: false,
    disabled: false,
    default_branch: repository.defaultBranch,
    url,
    html_url: htmlUrl(repository),
    svn_url: htmlUrl(repository),
    clone_url: `${htmlUrl(repository)}.git`,
    git_url: `git://github.com/${repository.fullName}.git`,
    ssh_url: `git@github.com:${repository.fullName}.git`,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    size: 0,
    forks: 0,
    forks_count: 0,
    network_count: 0,
    open_issues: issues,
    open_issues_count: issues,
    stargazers_count: 0,
    subscribers_count: 0,
    watchers: 0,
    watchers_count: 0,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    pushed_at: repository.createdAt,
  }
}
