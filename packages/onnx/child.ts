import { type Engine, loadEngine } from './engine.ts'
import type { Tensors } from './tensor.ts'

// The process in which a model runs: models are untrusted files, and what goes wrong in native code ends here. It is
// started with an IPC channel, told one thing at a time, and answers each; it is given no token and no secret.

export type Request = { id: number; load: { runtime: string; model: string } } | { id: number; run: Tensors }

export type Answer = { id: number; outputs?: Tensors } | { id: number; error: string }

let engine: Engine

async function answer(request: Request): Promise<Answer> {
  try {
    if ('run' in request) return { id: request.id, outputs: await engine.run(request.run) }
    engine = await loadEngine(request.load.runtime, request.load.model)
    return { id: request.id }
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? error.message : String(error) }
  }
}

process.on('message', (request: Request) => {
  void answer(request).then((said) => process.send?.(said))
})
process.on('disconnect', () => process.exit(0))
