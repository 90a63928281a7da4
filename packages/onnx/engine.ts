import { createRequire } from 'node:module'
import type { ElementType } from './signature.ts'
import type { Tensor, Tensors } from './tensor.ts'

interface OrtTensor {
  type: ElementType
  dims: readonly number[]
  data: Tensor['data']
}

/** The part of onnxruntime-node that is used. */
interface Ort {
  Tensor: new (type: string, data: Tensor['data'], dims: readonly number[]) => OrtTensor
  InferenceSession: { create(path: string, options: object): Promise<OrtSession> }
}

interface OrtSession {
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>
  release(): Promise<void>
}

/** A model loaded into this process. A run blocks the process: onnxruntime-node computes on the JavaScript thread. */
export interface Engine {
  run(feeds: Tensors): Promise<Tensors>
  release(): Promise<void>
}

/** One thread: the same sums in the same order on every machine, and tabular models gain nothing from more. */
const options = { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 }

/**
 * Loads onnxruntime-node from its package folder and a model from a path, into this process: for a process of its own, as
 * native code may crash. onnxruntime sends usage data home from 1.29 on unless it is told not to before it is loaded.
 */
export async function loadEngine(runtime: string, model: string): Promise<Engine> {
  process.env.ORT_DISABLE_TELEMETRY = '1'
  const ort = createRequire(`${runtime}/package.json`)(runtime) as Ort
  const session = await ort.InferenceSession.create(model, options)
  return {
    async run(feeds) {
      const given = Object.entries(feeds).map(([name, t]) => [name, new ort.Tensor(t.type, t.data, t.dims)] as const)
      const outputs = await session.run(Object.fromEntries(given))
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { type, dims, data }]) => [name, { type, dims: [...dims], data }]),
      )
    },
    release: () => session.release(),
  }
}
