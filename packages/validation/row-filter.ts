import { type Batch, type Column, type ColumnSchema, someRows } from '@mlops-actions/table'
import { type Cell, cellAt, compareCells, keyOf, parseDate } from './cell.ts'
import { type Condition, columnsOf, type Operand, type Operator } from './condition.ts'
import { type Context, columnOf, NotJudgeable } from './definition.ts'

/** The rows of a batch that meet a condition. */
export interface RowFilter {
  /** The columns it reads. */
  columns: string[]
  /** A batch of those rows alone, with the columns that are asked for. */
  apply(batch: Batch, columns: string[]): Batch
  /** How many rows it has let through. */
  kept(): number
}

type Test = (columns: Map<string, Column>, row: number) => boolean

/** NotJudgeable where a column is missing, or texts would be ordered among numbers. */
export function rowFilter(condition: Condition, context: Context): RowFilter {
  const test = testOf(condition, context)
  let kept = 0
  return {
    columns: columnsOf(condition),
    apply(batch, wanted) {
      const columns = new Map(batch.columns.map((column) => [column.name, column]))
      const rows: number[] = []
      for (let row = 0; row < batch.rows; row++) if (test(columns, row)) rows.push(row)
      kept += rows.length
      const asked = wanted.map((name) => columns.get(name)!)
      return someRows(batch, rows, asked)
    },
    kept: () => kept,
  }
}

function testOf(of: Condition, context: Context): Test {
  switch (of.kind) {
    case 'and': {
      const tests = of.of.map((inner) => testOf(inner, context))
      return (columns, row) => tests.every((test) => test(columns, row))
    }
    case 'or': {
      const tests = of.of.map((inner) => testOf(inner, context))
      return (columns, row) => tests.some((test) => test(columns, row))
    }
    case 'not': {
      const test = testOf(of.of, context)
      return (columns, row) => !test(columns, row)
    }
    case 'null': {
      const { name } = columnOf(of.column, context)
      return (columns, row) => columns.get(name)!.nulls[row] === 1
    }
    case 'true': {
      const { name, type } = columnOf(of.column, context)
      if (type !== 'boolean') throw new NotJudgeable(`"${name}" alone is no condition: it holds no true and false`)
      return (columns, row) => cellAt(columns.get(name)!, row) === 1
    }
    case 'in': {
      const column = columnOf(of.column, context)
      const members = new Set(of.values.map((value) => keyOf(literal(value, column))))
      return (columns, row) => {
        const cell = cellAt(columns.get(column.name)!, row)
        return cell !== undefined && members.has(keyOf(cell))
      }
    }
    case 'compare':
      return comparing(of, context)
  }
}

function comparing({ left, operator, right, nullDiffers }: Extract<Condition, { kind: 'compare' }>, context: Context) {
  const columns = [left, right].map((side) => ('column' in side ? columnOf(side.column, context) : undefined))
  const column = columns[0] ?? columns[1]
  if (column === undefined) throw new NotJudgeable('A condition compares no column')
  const sides = [left, right].map((side) => cellsOf(side, column))
  const isText = [left, right].map((side, i) =>
    'column' in side ? columns[i]!.type === 'text' : typeof literal(side.value, column) === 'string',
  )
  const held = outcome[operator]
  const comparable = isText[0] === isText[1]
  if (!comparable && operator !== '==' && operator !== '!=')
    throw new NotJudgeable(`"${column.name}" ${operator} … compares texts with numbers`)
  return (columns: Map<string, Column>, row: number) => {
    const [a, b] = [sides[0]!(columns, row), sides[1]!(columns, row)]
    if (a === undefined || b === undefined) return operator === '!=' && nullDiffers
    return held(comparable ? compareCells(a, b) : Number.NaN)
  }
}

/** What a comparison says of the order of its sides; they have none (NaN) where one is a text and one a number. */
const outcome: Record<Operator, (order: number) => boolean> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function cellsOf(side: Operand, beside: ColumnSchema): (columns: Map<string, Column>, row: number) => Cell | undefined {
  if ('column' in side) return (columns, row) => cellAt(columns.get(side.column)!, row)
  const value = literal(side.value, beside)
  return () => value
}

/** A value as the cells of a column are: true is 1, and beside dates a text is a date. */
function literal(value: string | number | boolean, beside: ColumnSchema): Cell {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string' || beside.type !== 'timestamp') return value
  const date = parseDate(value)
  if (date === undefined) throw new NotJudgeable(`"${beside.name}" holds dates but "${value}" is none (YYYY-MM-DD)`)
  return date
}
