// All columns of a CSV file as typed arrays, and texts as words with codes. Prints rows, processor time and peak memory.
import { statSync } from 'node:fs'
import { sourceOf, stateOf } from '@mlops-actions/files'
import { readOnce } from '@mlops-actions/table'

const path = process.argv[2]!
const source = await sourceOf(path, path, stateOf(statSync(path, { bigint: true })))
const rows = await readOnce([source], {}, async (table) => {
  let count = 0
  for await (const batch of table.batches()) count += batch.columns[0]!.nulls.length
  return count
})
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
console.log(JSON.stringify({ rows, cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS / 1024 }))
