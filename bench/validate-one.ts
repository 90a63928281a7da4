import { createReadStream, readFileSync } from 'node:fs'
import { parseSuite, readForSuite, validate } from '../packages/validation/index.ts'

const [path, suitePath] = process.argv.slice(2)
const suite = parseSuite(readFileSync(suitePath!, 'utf8'), suitePath!)
const source = { name: path!, open: () => createReadStream(path!, { highWaterMark: 1 << 20 }) }
const checks = await validate(await readForSuite([source], suite), suite)
const broken = checks.filter(({ status }) => status !== 'passed')
if (broken.length > 0) throw new Error(JSON.stringify(broken.map(({ id, observed, detail }) => [id, observed, detail])))
