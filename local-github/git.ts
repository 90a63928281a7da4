import { spawn } from 'node:child_process'

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

export interface GitObject {
  sha: string
  type: ObjectType
  bytes: Buffer
}

export interface GitRef {
  ref: string
  sha: string
  type: ObjectType
}

export interface TreeEntry {
  path: string
  mode: string
  type: ObjectType
  sha: string
  size: number | null
}

export interface Finished {
  code: number
  stdout: Buffer
  stderr: string
}

const ZERO = '0'.repeat(40)

/** One bare repository, reached by git's plumbing alone; nothing of the user's own git configuration is read. */
export class Git {
  readonly bare: string

  constructor(bare: string) {
    this.bare = bare
  }

  /** Runs git in the repository and gives its exit code and output; never throws for a non-zero exit. */
  run(args: string[], options: { input?: string | Uint8Array; env?: Record<string, string> } = {}): Promise<Finished> {
    const child = spawn('git', args, {
      cwd: this.bare,
      env: {
        PATH: process.env.PATH,
        HOME: this.bare,
        LC_ALL: 'C',
        GIT_DIR: this.bare,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        ...options.env,
      },
    })
    return new Promise((resolve, reject) => {
      const out: Buffer[] = []
      const err: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
      child.on('error', reject)
      child.on('close', (code) =>
        resolve({ code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }),
      )
      // git may exit before it has read its input (an unknown object, say); its exit code tells, the broken pipe does not.
      child.stdin.on('error', () => undefined)
      child.stdin.end(options.input ?? '')
    })
  }

  /** Standard output, trimmed; throws where git fails. */
  async text(args: string[], options: { input?: string | Uint8Array; env?: Record<string, string> } = {}) {
    const done = await this.run(args, options)
    if (done.code !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr.trim()}`)
    return done.stdout.toString().trim()
  }

  /** What an object name or revision expression stands for, or undefined. */
  async resolve(expression: string): Promise<string | undefined> {
    const done = await this.run(['rev-parse', '--verify', '--quiet', '--end-of-options', expression])
    return done.code === 0 ? done.stdout.toString().trim() : undefined
  }

  /** An object by its id (or `<id>:<path>`), or undefined where there is none. */
  async read(name: string): Promise<GitObject | undefined> {
    if (name.includes('\n')) return undefined
    const { stdout } = await this.run(['cat-file', '--batch'], { input: `${name}\n` })
    const end = stdout.indexOf(10)
    const header = /^([0-9a-f]{40}) (commit|tree|blob|tag) (\d+)$/.exec(stdout.subarray(0, end).toString())
    if (!header) return undefined
    const size = Number(header[3])
    return {
      sha: header[1]!,
      type: header[2] as ObjectType,
      bytes: stdout.subarray(end + 1, end + 1 + size),
    }
  }

  async type(sha: string): Promise<ObjectType | undefined> {
    const done = await this.run(['cat-file', '-t', sha])
    return done.code === 0 ? (done.stdout.toString().trim() as ObjectType) : undefined
  }

  /** Stores an object; git refuses one that is malformed, and that is an Error here. */
  write(type: ObjectType, bytes: string | Uint8Array): Promise<string> {
    return this.text(['hash-object', '-w', '-t', type, '--stdin'], { input: bytes })
  }

  /** Every ref below `prefix`, sorted; a prefix ends anywhere, as in GitHub's matching-refs. */
  async refs(prefix: string): Promise<GitRef[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    const lines = await this.text(['for-each-ref', '--format=%(refname)%00%(objectname)%00%(objecttype)', folder])
    return lines
      .split('\n')
      .filter((line) => line.startsWith(prefix))
      .map((line) => {
        const [ref, sha, type] = line.split('\0')
        return { ref: ref!, sha: sha!, type: type as ObjectType }
      })
  }

  /** Creates a ref if, and only if, it does not exist. */
  async createRef(ref: string, sha: string): Promise<'created' | 'exists' | 'failed'> {
    const done = await this.run(['update-ref', '--no-deref', ref, sha, ZERO])
    if (done.code === 0) return 'created'
    return (await this.resolve(ref)) ? 'exists' : 'failed'
  }

  async moveRef(ref: string, sha: string, old: string): Promise<boolean> {
    return (await this.run(['update-ref', '--no-deref', ref, sha, old])).code === 0
  }

  async deleteRef(ref: string): Promise<boolean> {
    return (await this.run(['update-ref', '-d', ref])).code === 0
  }

  async isAncestor(older: string, newer: string): Promise<boolean> {
    return (await this.run(['merge-base', '--is-ancestor', older, newer])).code === 0
  }

  /** A tree's entries; recursive lists files and the folders above them. */
  async tree(name: string, recursive = false, path?: string): Promise<TreeEntry[]> {
    const args = ['ls-tree', '-l', '-z', ...(recursive ? ['-r', '-t'] : []), '--', name, ...(path ? [path] : [])]
    const done = await this.run(args)
    if (done.code !== 0) throw new Error(done.stderr)
    return done.stdout
      .toString()
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const tab = line.indexOf('\t')
        const [mode, type, sha, size] = line.slice(0, tab).split(/ +/)
        return {
          path: line.slice(tab + 1),
          mode: mode!,
          type: type as ObjectType,
          sha: sha!,
          size: size === '-' ? null : Number(size),
        }
      })
  }
}
