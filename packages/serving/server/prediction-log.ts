import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { UserError } from '@mlops-actions/verdict'
import type { RecordedCell, RecordedColumn } from './recorded.ts'

/** So many characters may wait to be written; rows beyond that are dropped. */
const mostWaiting = 8 * 2 ** 20

/**
 * Served rows as JSON Lines, one flat object a row. It never waits: rows that the file or pipe does not take in time are
 * dropped and counted.
 */
export class PredictionLog {
  /** Rows written or about to be, and rows that were not: they came too fast, or could not be written. */
  written = 0
  dropped = 0
  readonly #stream: Writable
  readonly #keys: string[]
  readonly #version: string
  #broken = false

  /** @param say is told once where the log cannot be written to any longer */
  constructor(stream: Writable, columns: RecordedColumn[], version: string, say: (line: string) => void) {
    this.#stream = stream
    this.#keys = columns.map(({ name }) => `,${JSON.stringify(name)}:`)
    this.#version = JSON.stringify(version)
    stream.on('error', (error: Error) => {
      if (!this.#broken) say(`the prediction log cannot be written: ${error.message}; from now on rows are dropped`)
      this.#broken = true
    })
  }

  /** The line of a row. */
  line(id: string, at: Date, cells: RecordedCell[]): string {
    const values = cells.map((cell, i) => this.#keys[i]! + (typeof cell === 'bigint' ? cell : JSON.stringify(cell)))
    return `{"id":${JSON.stringify(id)},"timestamp":"${at.toISOString()}","model_version":${this.#version}${values.join('')}}\n`
  }

  write(lines: string[]): void {
    if (lines.length === 0) return
    if (this.#broken || this.#stream.writableLength > mostWaiting) {
      this.dropped += lines.length
      return
    }
    this.written += lines.length
    this.#stream.write(lines.join(''))
  }

  /** Ends once what was taken is written, or cannot be. */
  async close(): Promise<void> {
    if (this.#broken) return
    await new Promise<void>((done) => {
      this.#stream.once('error', () => done())
      this.#stream.write('', () => done())
    })
  }
}

/**
 * The end of a file, or standard output for `-`.
 * @throws UserError PREDICTION_LOG_UNWRITABLE
 */
export async function openLogStream(path: string): Promise<Writable> {
  if (path === '-') return process.stdout
  const stream = createWriteStream(path, { flags: 'a' })
  await new Promise<void>((opened, failed) => {
    stream.once('open', () => opened())
    stream.once('error', failed)
  }).catch((cause: Error) => {
    throw new UserError({
      code: 'PREDICTION_LOG_UNWRITABLE',
      message: `The prediction log ${path} cannot be written: ${cause.message}.`,
      where: { key: 'PREDICTION_LOG' },
      help: 'Name a file in a folder that the user of the server (65532 in the image) may write to, such as a mounted volume, or - for standard output.',
      cause,
    })
  })
  return stream
}
