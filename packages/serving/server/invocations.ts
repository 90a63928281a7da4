import { columnTypes, feedsOf } from '@mlops-actions/onnx'
import { type Column, collect, readTable, textAt, valueAt } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import { feedsFrom } from './cells.ts'
import type { ServedModel } from './model.ts'
import { checkedRecords, fieldOf, isRecord } from './predict.ts'
import { badRequest } from './problem.ts'
import type { RequestRows } from './request-rows.ts'

const forms = ['dataframe_split', 'dataframe_records', 'instances', 'inputs']

/**
 * The JSON body of MLflow's scoring protocol: exactly one of dataframe_split, dataframe_records, instances and inputs.
 * Columns that the model does not take are ignored, the others go by name; `params` is not used by any model here.
 */
export function invocationOf(model: ServedModel, body: unknown): RequestRows {
  const given = isRecord(body) ? forms.filter((form) => Object.hasOwn(body, form)) : []
  if (!isRecord(body) || given.length !== 1) throw badRequest(`the body must hold exactly one of ${forms.join(', ')}`)
  const [form] = given
  const value = body[form!]
  if (form === 'dataframe_split') return fromSplit(model, value)
  if (form === 'inputs' && isRecord(value)) return fromColumns(model, value)
  if (!Array.isArray(value)) throw badRequest(`${form} must be an array`)
  if (form !== 'dataframe_records' && value.length > 0 && !isRecord(value[0])) return fromMatrix(model, value)
  const records = checkedRecords(value)
  return fed(model, records.length, (row, field) => fieldOf(records[row]!, field))
}

/** A CSV with a header, by the same rules as data files; empty cells only in fields that may be null. */
export async function csvOf(model: ServedModel, body: Buffer): Promise<RequestRows> {
  const open = async function* () {
    yield body
  }
  const names = model.layout.flatMap(({ columns }) => columns)
  try {
    const table = await readTable([{ name: 'request.csv', open }], {
      types: { ...(names.includes('id') ? {} : { id: 'text' }), ...columnTypes(model.layout) },
    })
    const own = table.schema.some(({ name }) => name === 'id') ? ['id'] : []
    const read = await collect(table, [...new Set([...names, ...own])])
    const columns = names.map((name) => read[name]!)
    const empty = columns.find(({ name, nulls }) => nulls.includes(1) && !model.description.nullable.includes(name))
    if (table.rows === 0) throw badRequest('there are no rows')
    if (empty) throw badRequest(`the column "${empty.name}" has an empty cell`)
    const batch = { start: 0, rows: table.rows, columns, lines: new Uint32Array(0), source: 0 }
    const cell = (row: number, field: string) => read[field] && jsonCell(read[field], row)
    return { feeds: feedsOf(model.layout, batch), rows: table.rows, cell }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const { key } = error.where
    throw badRequest(key === undefined ? 'the CSV cannot be read' : `the column "${key}" is missing or does not fit`)
  }
}

/** A cell as it would stand in a JSON body. */
function jsonCell(column: Column, row: number): unknown {
  if (column.type === 'boolean' && column.nulls[row] === 0) return column.values[row] === 1
  return column.type === 'timestamp' ? textAt(column, row) : valueAt(column, row)
}

function fromSplit(model: ServedModel, value: unknown): RequestRows {
  const { columns, data } = isRecord(value) ? value : {}
  if (!Array.isArray(columns) || !Array.isArray(data)) throw badRequest('dataframe_split must hold columns and data')
  if (data.length === 0) throw badRequest('there are no rows')
  data.forEach((row, i) => {
    if (!Array.isArray(row) || row.length !== columns.length) {
      throw badRequest(`row ${i + 1} must have ${columns.length} values`)
    }
  })
  const places = new Map(columns.map((name, i) => [name, i]))
  return fed(model, data.length, (row, field) => {
    const place = places.get(field)
    return place === undefined ? undefined : data[row][place]
  })
}

/** `inputs` as an object of columns. */
function fromColumns(model: ServedModel, value: Record<string, unknown>): RequestRows {
  const lengths = Object.entries(value).map(([name, column]) => {
    if (!Array.isArray(column)) throw badRequest(`inputs: the field "${name}" must be an array`)
    return column.length
  })
  const rows = lengths[0] ?? 0
  if (rows === 0) throw badRequest('there are no rows')
  if (lengths.some((length) => length !== rows)) throw badRequest('inputs: the arrays differ in length')
  return fed(model, rows, (row, field) => {
    const cell = (fieldOf(value, field) as unknown[] | undefined)?.[row]
    return Array.isArray(cell) && cell.length === 1 ? cell[0] : cell
  })
}

/** Rows as arrays, for a model with one matrix input: its columns in their order. */
function fromMatrix(model: ServedModel, value: unknown[]): RequestRows {
  const [matrix, more] = model.layout
  if (matrix === undefined || more !== undefined) throw badRequest('rows must be objects of fields')
  value.forEach((row, i) => {
    if (!Array.isArray(row) || row.length !== matrix.columns.length) {
      throw badRequest(`row ${i + 1} must have ${matrix.columns.length} values`)
    }
  })
  const places = new Map(matrix.columns.map((name, i) => [name, i]))
  return fed(model, value.length, (row, field) => (value[row] as unknown[])[places.get(field)!])
}

function fed(model: ServedModel, rows: number, cell: RequestRows['cell']): RequestRows {
  return { feeds: feedsFrom(model.layout, new Set(model.description.nullable), rows, cell), rows, cell }
}
