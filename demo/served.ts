// Starts the serving server of a build context, and asks it as clients would.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

export class ServedModel {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(url: string, child: ChildProcess) {
    this.url = url
    this.#child = child
  }

  /** Runs the server of a context on a free port of this machine, and waits until it is ready. */
  static async start(context: string): Promise<ServedModel> {
    const app = join(context, 'app')
    const child = spawn(process.execPath, [join(app, 'server', 'index.js')], {
      cwd: app,
      env: { PATH: process.env.PATH, MODEL_DIR: join(app, 'model'), PORT: '0', ORT_DISABLE_TELEMETRY: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = await new Promise<string>((resolve, reject) => {
      let said = ''
      child.stdout!.on('data', (chunk) => {
        said += String(chunk)
        const found = /listening on (http:\S+)/.exec(said)
        if (found) resolve(found[1]!)
      })
      child.once('close', (code) => reject(new Error(`the server ended with code ${code} before it listened`)))
    })
    const served = new ServedModel(url, child)
    for (let attempt = 0; attempt < 100; attempt++) {
      if ((await fetch(`${url}/ready`)).ok) return served
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('the server was not ready within 5 seconds')
  }

  async get(path: string): Promise<unknown> {
    return read(await fetch(`${this.url}${path}`))
  }

  async post(path: string, body: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json' }
    return read(await fetch(`${this.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }))
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.kill('SIGTERM')
    await ended
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

async function read(answer: Response): Promise<unknown> {
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}
