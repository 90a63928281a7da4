import type { Tensors } from '@mlops-actions/onnx'
import type { LiveProfile } from './live-profile.ts'
import type { ServedModel } from './model.ts'
import type { PredictionLog } from './prediction-log.ts'
import { recordedCells, type recordedColumns } from './recorded.ts'
import type { RequestRows } from './request-rows.ts'

/** Where served rows go; at least one of the two. */
export interface Recorders {
  log?: PredictionLog | undefined
  /** Share of the rows that are logged. */
  share: number
  profile?: LiveProfile | undefined
}

/** Takes note of what was served, after the caller has the reply. */
export class Recorder {
  readonly to: Recorders
  readonly #model: ServedModel
  readonly #columns: ReturnType<typeof recordedColumns>
  readonly #say: (line: string) => void

  constructor(
    model: ServedModel,
    columns: ReturnType<typeof recordedColumns>,
    to: Recorders,
    say: (line: string) => void,
  ) {
    this.#model = model
    this.#columns = columns
    this.to = to
    this.#say = say
  }

  take(request: RequestRows, outputs: Tensors, requestId: string): void {
    const at = new Date()
    setImmediate(() => {
      try {
        this.#record(request, outputs, requestId, at)
      } catch (error) {
        // A row without an answer, of which a caller who wants raw outputs was told nothing.
        if (this.to.log) this.to.log.dropped += request.rows
        this.#say(`rows were not recorded: ${error instanceof Error ? error.message : String(error)}`)
      }
    })
  }

  /** The profile of all that was taken so far, as JSON; undefined where none is made. */
  async profile(): Promise<string | undefined> {
    await recorded()
    return await this.to.profile?.text()
  }

  /** Ends once everything that was taken is written. */
  async close(): Promise<void> {
    await recorded()
    await this.to.log?.close()
  }

  #record(request: RequestRows, outputs: Tensors, requestId: string, at: Date): void {
    const { log, share, profile } = this.to
    const cellsOf = recordedCells(this.#model, this.#columns, request, outputs)
    const lines: string[] = []
    for (let row = 0; row < request.rows; row++) {
      const isLogged = log !== undefined && (share === 1 || Math.random() < share)
      if (!isLogged && profile === undefined) continue
      const cells = cellsOf(row)
      profile?.add(cells)
      if (isLogged) lines.push(log.line(rowId(request, row, requestId), at, cells))
    }
    log?.write(lines)
  }
}

/** What was taken is recorded by the end of this turn of the event loop. */
const recorded = () => new Promise((turn) => setImmediate(turn))

/** A row's own `id` where the caller gave one; else the request's, followed by the row's number where there are several. */
function rowId({ rows, cell }: RequestRows, row: number, requestId: string): string {
  const own = cell(row, 'id')
  if (typeof own === 'string' && own !== '') return own
  if (typeof own === 'number') return String(own)
  return rows === 1 ? requestId : `${requestId}-${row + 1}`
}
