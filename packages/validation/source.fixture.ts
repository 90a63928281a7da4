import type { Source } from '@mlops-actions/table'

/** A file in memory. */
export function source(text: string, name = 'data.csv'): Source {
  return {
    name,
    async *open() {
      yield Buffer.from(text)
    },
  }
}
