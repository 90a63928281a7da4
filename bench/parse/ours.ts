// All columns of a CSV file as typed arrays, and texts as words with codes. Prints rows, processor time and peak memory.
import { statSync } from 'node:fs'
import { sourceOf, stateOf } from '@mlops-actions/files'
import { readTable } from '@mlops-actions/table'

const path = process.argv[2]!
const table = await readTable([await sourceOf(path, path, stateOf(statSync(path, { bigint: true })))])
let rows = 0
for await (const batch of table.batches()) rows += batch.columns[0]!.nulls.length
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
console.log(JSON.stringify({ rows, cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS / 1024 }))
