// A Docker daemon of one's own: its socket, storage and settings lie in one folder, and nothing of it is left behind.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** Programs that are needed -> the packages of Debian and Ubuntu that bring them. */
const packages: Record<string, string> = {
  dockerd: 'docker.io',
  docker: 'docker.io',
  containerd: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  debootstrap: 'debootstrap',
}
const debianKeys = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Installs what is not there yet, as root. */
export async function installDocker(): Promise<void> {
  process.env.PATH = [process.env.PATH, ...systemFolders].join(':')
  const folders = process.env.PATH.split(':')
  const absent = Object.keys(packages).filter((name) => !folders.some((folder) => existsSync(join(folder, name))))
  const wanted = new Set(absent.map((name) => packages[name]!))
  if (!existsSync(debianKeys)) wanted.add('debian-archive-keyring')
  if (wanted.size === 0) return
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 1e8 }
  const install = ['-o', 'DPkg::Lock::Timeout=120', 'install', '--yes', '--no-install-recommends', ...wanted]
  try {
    await run('apt-get', ['update', '--quiet'], options)
    await run('apt-get', install, options)
  } catch (cause) {
    throw new Error(`${[...wanted].join(', ')} must be installed, and apt-get could not do it.`, { cause })
  }
}

export class Dockerd {
  readonly #folder: string
  readonly #daemon: ChildProcess
  readonly #env: NodeJS.ProcessEnv
  #over = false

  private constructor(folder: string) {
    this.#folder = folder
    const socket = `unix://${join(folder, 'docker.sock')}`
    for (const name of ['data', 'exec', 'client']) mkdirSync(join(folder, name), { recursive: true })
    // The client's settings too are its own: no login or builder of the user's takes part.
    this.#env = { ...process.env, DOCKER_HOST: socket, DOCKER_CONFIG: join(folder, 'client') }
    delete this.#env.DOCKER_CONTEXT
    const log = openSync(join(folder, 'dockerd.log'), 'a')
    const places = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')]
    const network = ['--iptables=false', '--ip6tables=false', '--bridge=none']
    this.#daemon = spawn(
      'dockerd',
      ['--config-file', '', ...places, '--pidfile', join(folder, 'dockerd.pid'), '--host', socket, ...network],
      { stdio: ['ignore', log, log] },
    )
    this.#daemon.once('close', () => {
      this.#over = true
    })
  }

  /** Starts a daemon without a bridge, so containers have `--network host` or `none`. */
  static async start(folder: string): Promise<Dockerd> {
    const docker = new Dockerd(folder)
    for (let attempt = 0; attempt < 300 && !docker.#over; attempt++) {
      const up = await docker.run('version').catch(() => undefined)
      if (up !== undefined) return docker
      await wait(100)
    }
    const log = readFileSync(join(folder, 'dockerd.log'), 'utf8').trim().split('\n').slice(-5).join('\n')
    await docker.stop()
    throw new Error(`dockerd did not start; the end of its log:\n${log}`)
  }

  /** Runs the docker client; gives what it prints. */
  async run(...words: string[]): Promise<string> {
    return (await this.#client(words)).stdout.trim()
  }

  /** What a container wrote, standard output before standard error. */
  async logs(container: string): Promise<string> {
    const { stdout, stderr } = await this.#client(['logs', container])
    return stdout + stderr
  }

  #client(words: string[]) {
    return run('docker', words, { env: this.#env, maxBuffer: 1e8 })
  }

  /** `docker inspect` of one thing. */
  async inspect<T>(kind: 'image' | 'container', name: string): Promise<T> {
    return (JSON.parse(await this.run(kind, 'inspect', name)) as T[])[0]!
  }

  /** Removes every container, ends the daemon, and unmounts what it leaves mounted (its network namespace). */
  async stop(): Promise<void> {
    if (!this.#over) {
      const containers = await this.run('ps', '--all', '--quiet').catch(() => '')
      if (containers !== '') await this.run('rm', '--force', ...containers.split('\n'))
      const ended = once(this.#daemon, 'close')
      this.#daemon.kill('SIGTERM')
      await Promise.race([ended, wait(20_000, undefined, { ref: false })])
      this.#daemon.kill('SIGKILL')
      await ended
    }
    await unmountBelow(this.#folder)
  }
}

/**
 * Imports the smallest Debian with a Node.js binary as an image.
 * @param cache where the tar of Debian is kept from run to run
 */
export async function importNodeImage(docker: Dockerd, name: string, node: string, cache: string): Promise<void> {
  const folder = join(cache, 'docker-image')
  mkdirSync(folder, { recursive: true })
  await docker.run('import', await debianTar(folder), 'localhost/debian:bookworm')
  const context = join(folder, 'node')
  mkdirSync(context, { recursive: true })
  try {
    await run('cp', [node, join(context, 'node')])
    const lines = ['FROM localhost/debian:bookworm', 'COPY node /usr/local/bin/node', 'CMD ["node"]']
    writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`)
    await docker.run('build', '--quiet', '--network', 'none', '--tag', name, context)
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

/** The tar appears under its name when it is whole. */
async function debianTar(cache: string): Promise<string> {
  const tar = join(cache, `debian-bookworm-${process.arch}.tar`)
  if (existsSync(tar)) return tar
  const root = join(cache, 'debian')
  await removeTree(root)
  try {
    await run('debootstrap', ['--variant=minbase', 'bookworm', root], { maxBuffer: 1e8 })
    const leftOut = ['./var/cache/apt/archives/*.deb', './var/lib/apt/lists/*'].map((path) => `--exclude=${path}`)
    await run('tar', ['--create', '--file', `${tar}.part`, '--numeric-owner', ...leftOut, '--directory', root, '.'])
    renameSync(`${tar}.part`, tar)
  } finally {
    await removeTree(root)
  }
  return tar
}

/** Removes a folder in which something may be mounted (debootstrap mounts /proc). */
export async function removeTree(folder: string): Promise<void> {
  await unmountBelow(folder)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`))
  for (const path of mounts.reverse()) await run('umount', [path])
}
