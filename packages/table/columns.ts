import { nearest, UserError } from '@mlops-actions/verdict'
import type { ColumnSchema, ColumnType } from './column.ts'
import { ColumnTyping } from './types.ts'

/** What is still a table of features, and no matrix written as one. */
export const mostColumns = 8192
/** In characters. */
const longestName = 4096

/** The columns of a table while its files are looked at: the same in each, in the order of the first. */
export class Columns {
  readonly #types: Record<string, ColumnType>
  readonly #columns = new Map<string, ColumnTyping>()
  /** The first file that had a header: from then on no column is added. */
  #headed: string | undefined
  #first = ''

  /** @param types what the caller decides instead of the rows */
  constructor(types: Record<string, ColumnType>) {
    this.#types = types
  }

  /** The columns that a file's header names, in its order. UserError where the files before it have others. */
  header(names: string[], file: string): ColumnTyping[] {
    const isFirst = this.#columns.size === 0
    if (isFirst) this.#first = file
    this.#check(names, file)
    const missing = isFirst ? [] : [...this.#columns.keys()].filter((name) => !names.includes(name))
    const more = isFirst ? [] : names.filter((name) => !this.#columns.has(name))
    if (missing.length + more.length > 0) throw differs(file, this.#first, missing, more)
    this.#headed ??= file
    return names.map((name) => this.#add(name))
  }

  /** The columns of these keys, which need no header: new ones are added, and null in the rows before. */
  keys(names: string[], file: string, line: number): ColumnTyping[] {
    if (this.#columns.size === 0) this.#first = file
    if (names.length > mostColumns) throw tooWide(file, line, names.length.toLocaleString('en'))
    // Keys come one by one: those that are known were checked when they came.
    const more = names.filter((name) => !this.#columns.has(name))
    if (more.some((name) => name === '' || name.length > longestName)) this.#check(names, file, line)
    if (this.#headed !== undefined && more.length > 0) throw differs(file, this.#headed, [], more)
    return names.map((name) => this.#add(name))
  }

  /** @param rows of the whole table */
  schema(rows: number): ColumnSchema[] {
    return [...this.#columns.values()].map((column) => column.schema(rows))
  }

  /** Whether these are the columns so far, also in whether whole numbers and booleans have nulls. */
  agree(schema: ColumnSchema[]): boolean {
    if (schema.length !== this.#columns.size) return false
    let at = 0
    for (const { name, type, hasNulls } of this.#columns.values()) {
      const before = schema[at++]!
      if (name !== before.name || type !== before.type) return false
      if (hasNulls && before.nulls === 0 && type !== 'number' && type !== 'text' && type !== 'timestamp') return false
    }
    return true
  }

  #add(name: string): ColumnTyping {
    const known = this.#columns.get(name)
    if (known !== undefined) return known
    const column = new ColumnTyping(name, Object.hasOwn(this.#types, name) ? this.#types[name] : undefined)
    this.#columns.set(name, column)
    return column
  }

  #check(names: string[], file: string, line = 1): void {
    const refuse = (code: string, message: string, help: string) =>
      new UserError({ code, message, where: { file, line }, help })
    if (names.length > mostColumns) throw tooWide(file, line, names.length.toLocaleString('en'))
    const long = names.findIndex((name) => name.length > longestName)
    if (long >= 0) {
      throw refuse(
        'TABLE_COLUMN_NAME',
        `Column ${long + 1} of ${file} has a name of ${names[long]!.length.toLocaleString('en')} characters; read are at most ${longestName.toLocaleString('en')}.`,
        'Give it a shorter name, and see that the first line is the header.',
      )
    }
    const empty = names.indexOf('')
    if (empty >= 0) {
      throw refuse(
        'TABLE_COLUMN_UNNAMED',
        `Column ${empty + 1} of ${file} has no name.`,
        'Give every column a name. (An unnamed first column is often the index of pandas: to_csv(..., index=False).)',
      )
    }
    if (new Set(names).size < names.length) {
      const twice = names.find((name, i) => names.indexOf(name) < i)
      throw refuse(
        'TABLE_COLUMN_DOUBLE',
        `${file} has more than one column ${twice}.`,
        'Give each column a name of its own.',
      )
    }
  }
}

/** @param width how many columns, as people read it */
export function tooWide(file: string, line: number, width: string): UserError {
  return new UserError({
    code: 'TABLE_TOO_WIDE',
    message: `${file} has ${width} columns; read are at most ${mostColumns.toLocaleString('en')}.`,
    where: { file, line },
    help: 'Keep one row per thing and one column per feature; write a matrix of many values in a long form.',
  })
}

function differs(file: string, first: string, missing: string[], more: string[]): UserError {
  const shown = (names: string[]) =>
    [...names.slice(0, 5).map((name) => JSON.stringify(name)), ...(names.length > 5 ? ['…'] : [])].join(', ')
  const parts = [
    ...(missing.length > 0 ? [`lacks ${shown(missing)}`] : []),
    ...(more.length > 0 ? [`has ${shown(more)} besides`] : []),
  ]
  const meant = missing.length === 1 && more.length === 1 ? nearest(more[0]!, missing) : undefined
  return new UserError({
    code: 'TABLE_HEADER_DIFFERS',
    message: `${file} has other columns than ${first}: it ${parts.join(' and ')}.`,
    where: { file, line: 1, key: (missing[0] ?? more[0])! },
    help: `Files that make one table have the same columns, in any order.${meant === undefined ? '' : ` Rename ${more[0]} to ${meant}?`}`,
  })
}
