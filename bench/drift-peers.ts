import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Drawn, rowsOf } from './laws.ts'

/** The peers in a process of their own (drift-peers.py), which judges one table after another. */
export interface Peers<Answer> {
  judge(reference: Drawn[], current: Drawn[]): Promise<Answer>
  end(): void
}

/** @param python has evidently 0.7.23 and nannyml 0.13.1 */
export function startPeers<Answer>(python: string, mode: 'defaults' | 'tests'): Peers<Answer> {
  const program = fileURLToPath(new URL('drift-peers.py', import.meta.url))
  const child = spawn(python, [program, mode], { stdio: ['pipe', 'pipe', 'ignore'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async judge(reference, current) {
      const kinds = reference.map((column) => ('counts' in column ? 'categorical' : 'numeric'))
      const [n, m] = [rowsOf(reference[0]!), rowsOf(current[0]!)]
      child.stdin.write(`${JSON.stringify({ n, m, kinds })}\n`)
      for (const [i, column] of reference.entries()) {
        for (const cells of [cellsOf(column), cellsOf(current[i]!)]) {
          if (!child.stdin.write(new Uint8Array(cells.buffer))) await once(child.stdin, 'drain')
        }
      }
      const { value, done } = await lines.next()
      if (done) throw new Error(`${python} ${program} ended before it answered`)
      return JSON.parse(value) as Answer
    },
    end: () => child.stdin.end(),
  }
}

/** One number a row: of a category its place, of a null NaN. */
function cellsOf(column: Drawn): Float64Array {
  const cells = new Float64Array(rowsOf(column)).fill(Number.NaN)
  if ('values' in column) cells.set(column.values)
  else {
    let at = 0
    column.counts.forEach((count, code) => {
      cells.fill(code, at, at + count)
      at += count
    })
  }
  return cells
}
