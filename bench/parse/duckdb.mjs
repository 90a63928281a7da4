// The same with DuckDB: chunks as typed arrays where a column has one, else as values, unless --no-texts.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [place, ...words] = process.argv.slice(2)
const { DuckDBInstance } = createRequire(join(place, 'package.json'))('@duckdb/node-api')
const connection = await (await DuckDBInstance.create(':memory:')).connect()
const result = await connection.stream('select * from read_csv($path)', { path: words.at(-1) })
let rows = 0
for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
  rows += chunk.rowCount
  for (let i = 0; i < chunk.columnCount; i++) {
    const column = chunk.getColumnVector(i)
    if (!ArrayBuffer.isView(column.items) && words[0] !== '--no-texts') column.toArray()
  }
}
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
console.log(JSON.stringify({ rows, cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS / 1024 }))
