import { readFileSync, statSync } from 'node:fs'
import { sourceOf, stateOf } from '../packages/files/index.ts'
import { parseSuite, validateFiles } from '../packages/validation/index.ts'

const [path, suitePath] = process.argv.slice(2)
const suite = parseSuite(readFileSync(suitePath!, 'utf8'), suitePath!)
const source = await sourceOf(path!, path!, stateOf(statSync(path!, { bigint: true })))
const checks = await validateFiles([source], suite)
const broken = checks.filter(({ status }) => status !== 'passed')
if (broken.length > 0) throw new Error(JSON.stringify(broken.map(({ id, observed, detail }) => [id, observed, detail])))
