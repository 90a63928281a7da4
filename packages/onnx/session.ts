import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '@mlops-actions/verdict'
import type { Answer, Request } from './child.ts'
import { copyModel, type LocalModel } from './model-files.ts'
import type { Runtime } from './runtime.ts'
import type { Signature } from './signature.ts'
import { rowsOf, stack, type Tensors } from './tensor.ts'

export interface SessionOptions {
  runtime: Runtime
  /** The longest that one answer of the model may take, in milliseconds. Default: 5 minutes. */
  timeLimit?: number
}

/** A model loaded into a process of its own. */
export interface Session {
  signature: Signature
  /** Scores rows; the first dimension of every tensor counts them. A model exported for one row at a time is asked row by row. */
  run(feeds: Tensors): Promise<Tensors>
  /** Ends the process and removes the private copy of the model. */
  close(): Promise<void>
}

/**
 * Loads a model into a child process, from a private copy whose digest is the given one, so that what is judged is what
 * is run. The child gets no token: its environment holds only what starts a program.
 * @throws UserError MODEL_NOT_FOUND, MODEL_CHANGED, MODEL_EXTERNAL_DATA_OUTSIDE, MODEL_EXTERNAL_DATA_MISSING,
 *   MODEL_REFUSED (onnxruntime says no), MODEL_CRASHED (its process died), MODEL_TIMEOUT; what readSignature throws
 */
export async function openSession(model: LocalModel, options: SessionOptions): Promise<Session> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-model-'))
  let child: Child | undefined
  const close = async () => {
    child?.end()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const { signature, path } = await copyModel(model, folder)
    child = new Child(folder, model.path, options.timeLimit ?? 300_000)
    await child.ask({ load: { runtime: options.runtime.directory, model: path } })
    const asked = child
    return {
      signature,
      run: async (feeds) =>
        runsRowByRow(signature) ? await rowByRow(asked, feeds) : ((await asked.ask({ run: feeds })) as Tensors),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** True for a model whose inputs have a fixed first dimension of 1. */
export function runsRowByRow(signature: Signature): boolean {
  return signature.inputs.some((input) => input.shape.length > 0 && input.shape[0] === 1)
}

async function rowByRow(child: Child, feeds: Tensors): Promise<Tensors> {
  const rows = Object.values(feeds)[0]?.dims[0] ?? 0
  const answers: Tensors[] = []
  for (let row = 0; row < rows; row++) {
    const one = Object.entries(feeds).map(([name, tensor]) => [name, rowsOf(tensor, row, row + 1)])
    answers.push((await child.ask({ run: Object.fromEntries(one) })) as Tensors)
  }
  const names = Object.keys(answers[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, stack(answers.map((answer) => answer[name]!))]))
}

/** Where the child's entry is: beside the source, or beside the bundle. */
export function childEntry(): string {
  const here = fileURLToPath(import.meta.url)
  return join(dirname(here), here.endsWith('.ts') ? 'child.ts' : 'onnx-child.js')
}

/** A Node.js that can run the entry: this one, unless the entry is TypeScript and this one is too old for it. */
function nodeFor(entry: string): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (!entry.endsWith('.ts') || major > 22 || (major === 22 && minor >= 18)) return process.execPath
  const own = join(dirname(entry), '..', '..', 'node_modules', 'node', 'bin', 'node')
  return existsSync(own) ? own : process.execPath
}

type Ask = Request extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never

interface Waiting {
  resolve(outputs: Tensors | undefined): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

class Child {
  private readonly process: ChildProcess
  private readonly model: string
  private readonly timeLimit: number
  private readonly waiting = new Map<number, Waiting>()
  private asked = 0
  private said = ''
  private over: UserError | undefined

  constructor(folder: string, model: string, timeLimit: number) {
    this.model = model
    this.timeLimit = timeLimit
    const entry = childEntry()
    this.process = fork(entry, [], {
      cwd: folder,
      env: childEnvironment(folder),
      execPath: nodeFor(entry),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.process.stderr?.on('data', (chunk: Buffer) => {
      this.said = (this.said + chunk.toString('utf8')).slice(-4000)
    })
    this.process.on('message', (answer) => this.receive(answer as Answer))
    this.process.on('error', (error) => this.fail(this.crash(error.message)))
    this.process.on('close', (code, signal) => this.fail(this.crash(signal ?? `exit code ${code}`)))
  }

  ask(request: Ask): Promise<Tensors | undefined> {
    return new Promise((resolve, reject) => {
      if (this.over !== undefined) return reject(this.over)
      const id = ++this.asked
      const timer = setTimeout(() => this.fail(this.tooLong()), this.timeLimit)
      this.waiting.set(id, { resolve, reject, timer })
      this.process.send({ ...request, id } as Request, (error) => {
        // A child that died has already said more by its end than a broken channel does.
        if (error) setTimeout(() => this.fail(this.crash(error.message)), 1000).unref()
      })
    })
  }

  end(): void {
    this.over ??= this.crash('it was closed')
    this.process.kill('SIGKILL')
  }

  private receive(answer: Answer): void {
    const waiting = this.waiting.get(answer.id)
    if (waiting === undefined) return
    this.waiting.delete(answer.id)
    clearTimeout(waiting.timer)
    if ('error' in answer) waiting.reject(this.refused(answer.error))
    else waiting.resolve(answer.outputs)
  }

  private fail(error: UserError): void {
    this.over ??= error
    this.process.kill('SIGKILL')
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer)
      reject(this.over)
    }
    this.waiting.clear()
  }

  private refused(reason: string): UserError {
    return new UserError({
      code: 'MODEL_REFUSED',
      message: `onnxruntime could not run ${this.model}: ${oneLine(reason)}`,
      where: { file: this.model },
      help: 'Load the file with onnxruntime in Python to see the same message, then export the model again.',
    })
  }

  private crash(how: string): UserError {
    const last = oneLine(this.said.trim().split('\n').at(-1) ?? '')
    return new UserError({
      code: 'MODEL_CRASHED',
      message: `The process that ran ${this.model} ended before it answered (${how})${last === '' ? '.' : `: ${last}`}`,
      where: { file: this.model },
      help: 'The model makes native code crash, or needs more memory than this machine has. Export it again, or use a larger runner.',
    })
  }

  private tooLong(): UserError {
    return new UserError({
      code: 'MODEL_TIMEOUT',
      message: `${this.model} gave no answer within ${this.timeLimit / 1000} seconds.`,
      where: { file: this.model },
      help: 'Use a smaller model or a faster runner.',
    })
  }
}

function childEnvironment(folder: string): NodeJS.ProcessEnv {
  const kept = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot', 'LANG', 'TZ']
  const env: NodeJS.ProcessEnv = { ORT_DISABLE_TELEMETRY: '1', HOME: folder, TMPDIR: folder, TEMP: folder, TMP: folder }
  for (const name of kept) if (process.env[name] !== undefined) env[name] = process.env[name]
  return env
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 400)
}
