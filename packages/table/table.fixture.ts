import { UserError } from '@mlops-actions/verdict'
import { expect } from 'vitest'
import { collect, type ReadOptions, readTable, type Source, type Table, textAt } from './index.ts'

/** A file in memory, read in pieces of these sizes. */
export function source(content: string | Uint8Array, name = 'data.csv', sizes: number[] = []): Source {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return {
    name,
    async *open() {
      let at = 0
      for (let i = 0; at < bytes.length; i++) {
        const size = sizes.length === 0 ? bytes.length : sizes[i % sizes.length]!
        yield bytes.slice(at, at + size)
        at += size
      }
    },
  }
}

/** Files as one table, with all its values as texts. */
export async function readAll(sources: Source[], options?: ReadOptions) {
  const table = await readTable(sources, options)
  const columns = await collect(table)
  return { table, columns, rows: await rowsOf(table), types: table.schema.map((column) => column.type) }
}

async function rowsOf(table: Table): Promise<(string | null)[][]> {
  const names = table.schema.map((column) => column.name)
  const columns = await collect(table)
  return Array.from({ length: table.rows }, (_, row) => names.map((name) => textAt(columns[name]!, row)))
}

/** The code and place of the UserError that a work ends in. */
export async function refusal(work: Promise<unknown>): Promise<Partial<UserError>> {
  try {
    await work
  } catch (error) {
    if (error instanceof UserError) {
      expect(error.help).not.toBe('')
      return { code: error.code, where: error.where }
    }
    throw error
  }
  return { code: 'nothing was refused' }
}
