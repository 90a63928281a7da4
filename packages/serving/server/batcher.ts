import { rowsOf, stack, type Tensors } from '@mlops-actions/onnx'
import { Problem } from './problem.ts'

interface Waiting {
  feeds: Tensors
  rows: number
  since: number
  resolve(outputs: Tensors): void
  reject(error: unknown): void
}

export interface BatcherOptions {
  maxBatch: number
  maxQueue: number
  /** Told after every run: rows in it, and seconds that the run and that each request's wait took. */
  observe: (ran: { rows: number; run: number; waits: number[] }) => void
}

/**
 * Micro-batching by draining: whatever has arrived while the last run was under way runs together, and nothing ever waits
 * for company. onnxruntime-node computes on this thread, so a request larger than a batch is cut, with a turn of the event
 * loop between the slices.
 */
export class Batcher {
  /** Rows that wait. */
  queued = 0
  private readonly queue: Waiting[] = []
  private readonly run: (feeds: Tensors) => Promise<Tensors>
  private readonly options: BatcherOptions
  private draining = false
  /** False once an output turned out not to have one entry a row: then requests are not mixed. */
  private mixable = true

  constructor(run: (feeds: Tensors) => Promise<Tensors>, options: BatcherOptions) {
    this.run = run
    this.options = options
  }

  /** The model's outputs for these rows. Problem 429 where too many rows wait. */
  push(feeds: Tensors, rows: number): Promise<Tensors> {
    if (this.queued > 0 && this.queued + rows > this.options.maxQueue) {
      throw new Problem(429, 'too many rows are waiting', { 'retry-after': '1' })
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ feeds, rows, since: performance.now(), resolve, reject })
      this.queued += rows
      if (this.draining) return
      this.draining = true
      setImmediate(() => void this.drain())
    })
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.next()
      const started = performance.now()
      const waits = batch.map(({ since }) => (started - since) / 1000)
      const rows = batch.reduce((total, one) => total + one.rows, 0)
      await this.serve(batch, rows)
      this.queued -= rows
      this.options.observe({ rows, run: (performance.now() - started) / 1000, waits })
    }
    this.draining = false
  }

  private next(): Waiting[] {
    let rows = this.queue[0]!.rows
    let count = 1
    while (this.mixable && count < this.queue.length) {
      rows += this.queue[count]!.rows
      if (rows > this.options.maxBatch) break
      count++
    }
    return this.queue.splice(0, count)
  }

  private async serve(batch: Waiting[], rows: number): Promise<void> {
    if (batch.length === 1) return await this.alone(batch[0]!)
    try {
      const names = Object.keys(batch[0]!.feeds)
      const feeds = names.map((name) => [name, stack(batch.map((one) => one.feeds[name]!))])
      const outputs = await this.run(Object.fromEntries(feeds))
      if (!haveRows(outputs, rows)) throw new Error('an output does not have one entry a row')
      let from = 0
      for (const one of batch) {
        one.resolve(cut(outputs, from, from + one.rows))
        from += one.rows
      }
    } catch {
      // One bad row must not fail its neighbours: each is asked again on its own.
      for (const one of batch) await this.alone(one)
    }
  }

  private async alone({ feeds, rows, resolve, reject }: Waiting): Promise<void> {
    try {
      const parts: Tensors[] = []
      for (let from = 0; from < rows; from += this.options.maxBatch) {
        const to = Math.min(rows, from + this.options.maxBatch)
        const outputs = await this.run(from === 0 && to === rows ? feeds : cut(feeds, from, to))
        this.mixable &&= haveRows(outputs, to - from)
        parts.push(outputs)
      }
      const names = Object.keys(parts[0]!)
      resolve(Object.fromEntries(names.map((name) => [name, stack(parts.map((part) => part[name]!))])))
    } catch (error) {
      reject(error)
    }
  }
}

function haveRows(outputs: Tensors, rows: number): boolean {
  return Object.values(outputs).every(({ dims }) => dims[0] === rows)
}

function cut(tensors: Tensors, from: number, to: number): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, rowsOf(tensor, from, to)]))
}
