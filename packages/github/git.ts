import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '@mlops-actions/verdict'
import { permissionError, unreachable } from './errors.ts'
import type { TagObject } from './objects.ts'
import type { Need } from './permissions.ts'

/** A ref as the server lists it; an annotated tag is followed to its commit. */
export interface PeeledRef {
  /** In full, e.g. `refs/tags/churn@v1.4.0`. */
  name: string
  /** What the ref names itself: a tag object, or the commit. */
  object: string
  /** The commit in the end. */
  commit: string
  annotated: boolean
}

/** Refs with their objects, on this machine for a while. */
export interface FetchedRefs {
  refs: PeeledRef[]
  /** The bytes of objects by name (`<sha>`, `<sha>:run.json`), null where there is none. */
  read(names: string[]): Promise<(Buffer | null)[]>
}

export interface Remote {
  serverUrl: string
  repository: string
  token: string
  needs: readonly Need[]
}

/** Every ref that one of the patterns names, by one `git ls-remote`, which no API limit counts. */
export async function listRefs(remote: Remote, patterns: string[]): Promise<PeeledRef[]> {
  const out = await git(['ls-remote', remoteUrl(remote), ...patterns], tmpdir(), remote)
  return parseListing(out.toString('utf8'))
}

/** The lines of `git ls-remote`; `^{}` lines give the commit behind a tag object. */
export function parseListing(text: string): PeeledRef[] {
  const refs = new Map<string, PeeledRef>()
  for (const line of text.split('\n')) {
    const [sha, name] = line.split('\t')
    if (sha === undefined || name === undefined) continue
    const tagged = name.endsWith('^{}') ? refs.get(name.slice(0, -3)) : undefined
    if (tagged !== undefined) Object.assign(tagged, { commit: sha, annotated: true })
    else refs.set(name, { name, object: sha, commit: sha, annotated: false })
  }
  return [...refs.values()]
}

/**
 * Lists every ref that matches, and fetches what they name, or those among them that `choose` picks, with its newest
 * objects into a folder that lives as long as `use` runs. The objects are asked for by id: writing thousands of refs into
 * the folder would take ten times as long.
 */
export async function fetchRefs<T>(
  remote: Remote,
  patterns: string[],
  use: (fetched: FetchedRefs) => Promise<T>,
  choose: (listed: PeeledRef[]) => PeeledRef[] = (listed) => listed,
): Promise<T> {
  const refs = choose(await listRefs(remote, patterns))
  const directory = await mkdtemp(join(tmpdir(), 'mlops-refs-'))
  try {
    await git(['init', '--quiet', '--bare', '.'], directory, remote)
    if (refs.length > 0) {
      const options = ['--quiet', '--no-tags', '--no-write-fetch-head', '--depth=1', '--stdin']
      const ids = [...new Set(refs.map((r) => r.object))]
      await git(['fetch', ...options, remoteUrl(remote)], directory, remote, `${ids.join('\n')}\n`)
    }
    return await use({ refs, read: (names) => readObjects(directory, names) })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function readObjects(directory: string, names: string[]): Promise<(Buffer | null)[]> {
  if (names.length === 0) return []
  const child = spawn('git', ['cat-file', '--batch'], { cwd: directory, stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.on('error', () => {})
  child.stdin.end(`${names.join('\n')}\n`)
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer)
  const all = Buffer.concat(chunks)
  const found: (Buffer | null)[] = []
  for (let at = 0; found.length < names.length && at < all.length; ) {
    const end = all.indexOf(10, at)
    const header = all.toString('utf8', at, end)
    const size = header.endsWith(' missing') ? undefined : Number(header.split(' ').at(-1))
    found.push(size === undefined ? null : all.subarray(end + 1, end + 1 + size))
    at = end + 1 + (size === undefined ? 0 : size + 1)
  }
  while (found.length < names.length) found.push(null)
  return found
}

/** A tag object's bytes, read. */
export function parseTag(sha: string, bytes: Uint8Array): TagObject {
  const text = Buffer.from(bytes).toString('utf8')
  const split = text.indexOf('\n\n')
  const head = split === -1 ? text : text.slice(0, split)
  const field = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(head)?.[1]
  const tagger = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(field('tagger') ?? '')
  return {
    sha,
    tag: field('tag') ?? '',
    object: field('object') ?? '',
    message: split === -1 ? '' : text.slice(split + 2),
    tagger:
      tagger === null
        ? null
        : { name: tagger[1]!, email: tagger[2]!, date: new Date(Number(tagger[3]) * 1000).toISOString() },
  }
}

function remoteUrl(remote: Remote): string {
  return `${remote.serverUrl.replace(/\/$/, '')}/${remote.repository}`
}

/**
 * Runs git outside the checkout: the header that actions/checkout leaves in the checkout's configuration would double
 * ours. The token travels in the environment, to the git server alone, never along a redirect.
 */
function git(args: string[], cwd: string, remote: Remote, input = ''): Promise<Buffer> {
  const config: [string, string][] = [
    ['http.followRedirects', 'false'],
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', '30'],
    ['gc.auto', '0'],
    // What is fetched is thrown away: it stays in its one pack, and nobody waits for the disk.
    ['fetch.unpackLimit', '1'],
    ['core.fsync', 'none'],
    ['credential.helper', ''],
  ]
  if (remote.token !== '' && remote.serverUrl.startsWith('https:')) {
    const basic = Buffer.from(`x-access-token:${remote.token}`).toString('base64')
    config.push([`http.${new URL(remote.serverUrl).origin}/.extraheader`, `AUTHORIZATION: basic ${basic}`])
  }
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      args,
      {
        cwd,
        env: { ...process.env, ...withConfig(config), GIT_TERMINAL_PROMPT: '0', GIT_DIR: undefined, LC_ALL: 'C' },
        encoding: 'buffer',
        maxBuffer: 1 << 30,
        timeout: 600_000,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else void gitError(error, stderr.toString('utf8'), remote).then(reject)
      },
    )
    // Where git ends before it has read everything, its exit code tells.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

/** Adds to the configuration that the environment may already carry. */
function withConfig(config: [string, string][]): Record<string, string> {
  const start = Number(process.env.GIT_CONFIG_COUNT ?? '0') || 0
  const env: Record<string, string> = { GIT_CONFIG_COUNT: String(start + config.length) }
  for (const [i, [key, value]] of config.entries()) {
    env[`GIT_CONFIG_KEY_${start + i}`] = key
    env[`GIT_CONFIG_VALUE_${start + i}`] = value
  }
  return env
}

/** From here on git takes our settings, the token among them, out of the environment; `fetch --stdin` is older. */
const oldestGit = [2, 31] as const

/** The version of this machine's git, as far as it says one. */
async function gitVersion(): Promise<[number, number] | undefined> {
  const said = await new Promise<string>((resolve) => {
    execFile('git', ['version'], (_, stdout) => resolve(stdout))
  })
  const [, major, minor] = /(\d+)\.(\d+)/.exec(said) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor)]
}

async function gitError(error: Error & { code?: unknown }, stderr: string, remote: Remote): Promise<UserError> {
  const what = 'read the tags and refs'
  if (error.code === 'ENOENT')
    return new UserError({
      code: 'GIT_MISSING',
      message: 'git was not found on this machine, and the registry is read with it.',
      help: 'Install git in the job’s container (for example: apt-get install -y git).',
      cause: error,
    })
  const [major, minor] = (await gitVersion()) ?? oldestGit
  if (major < oldestGit[0] || (major === oldestGit[0] && minor < oldestGit[1]))
    return new UserError({
      code: 'GIT_TOO_OLD',
      message: `The registry cannot be read with git ${major}.${minor}: ${oldestGit.join('.')} or newer is needed.`,
      help: 'Run the job on a GitHub-hosted runner or in a newer container, or install a newer git on this machine.',
      cause: error,
    })
  const said = stderr.replaceAll(/\s+/g, ' ').trim().slice(0, 300)
  if (/Authentication failed|could not read Username|error: 40[13]|Repository not found|not found$/i.test(said))
    return permissionError({ what, status: 403, message: said, permission: 'contents: read', needs: remote.needs })
  return unreachable(what, remoteUrl(remote), said === '' ? error.message : said, error)
}
