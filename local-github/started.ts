import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from './local-github.ts'

export interface Answer {
  status: number
  headers: Headers
  // A test reads into an answer wherever it wants to; what is not there is undefined, and the test fails.
  json: Json
  text: string
}

// biome-ignore lint/suspicious/noExplicitAny: the answers of a REST API, read freely by tests
export type Json = any

export interface Started {
  github: LocalGitHub
  directory: string
  token: string
  /** Calls the API (or another origin, by a whole address) with the token, as a bare client would. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  stop(): Promise<void>
}

/** A local GitHub with one repository, `octo/models`, that holds one commit: for this folder's own tests. */
export async function started(options: Partial<LocalGitHubOptions> & { private?: boolean } = {}): Promise<Started> {
  const directory = await mkdtemp(join(tmpdir(), 'local-github-'))
  const github = await startLocalGitHub({ directory, checked: true, ...options })
  await github.createRepository('octo/models', options.private ? { private: true } : {})
  await github.commit('octo/models', {
    files: {
      'README.md': '# Models\n',
      '.github/workflows/train.yml': 'name: Train\non: workflow_dispatch\njobs: {}\n',
    },
  })
  const token = github.token({ repository: 'octo/models' })
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const url = path.startsWith('http') ? path : `${github.apiUrl}/repos/octo/models${path}`
    const raw = body instanceof Uint8Array
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: raw ? Buffer.from(body) : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('application/json')
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : undefined, text }
  }
  const stop = async () => {
    try {
      await github.close()
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }
  return { github, directory, token, call, stop }
}
