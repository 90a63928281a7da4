// Profiles one CSV file and writes the profile: the process that bench/profile.ts measures.
import { createReadStream, writeFileSync } from 'node:fs'
import { profileTable, serialiseProfile } from '@mlops-actions/profile'
import { readTable } from '@mlops-actions/table'

const [path, to] = process.argv.slice(2)
const open = () => createReadStream(path!, { highWaterMark: 1 << 20 })
const table = await readTable([{ name: path!, open }])
writeFileSync(to!, serialiseProfile(await profileTable(table)))
