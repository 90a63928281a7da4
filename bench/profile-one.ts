// Profiles one CSV file and writes the profile: the process that bench/profile.ts measures.
import { statSync, writeFileSync } from 'node:fs'
import { sourceOf, stateOf } from '@mlops-actions/files'
import { profileTable, serialiseProfile } from '@mlops-actions/profile'
import { readOnce } from '@mlops-actions/table'

const [path, to] = process.argv.slice(2)
const source = await sourceOf(path!, path!, stateOf(statSync(path!, { bigint: true })))
writeFileSync(to!, serialiseProfile(await readOnce([source], {}, profileTable)))
