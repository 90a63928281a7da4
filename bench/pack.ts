// Size of the committed pack, and the time from the start of the process to the first line of each action, beside an
// empty program on the same Node. `npm run bench:pack`
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const rounds = 9

const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((name) => join(dist, name))
const bytes = files.filter((file) => statSync(file).isFile()).reduce((sum, file) => sum + statSync(file).size, 0)
console.log(`pack: ${(bytes / 1e6).toFixed(2)} MB (budget 6 MB)`)

/** Milliseconds until a program's first output, or until its end where it has none. */
function firstLine(words: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'ignore'] })
    const done = () => resolve(performance.now() - start)
    child.stdout.once('data', done)
    child.once('close', done)
    child.once('error', reject)
  })
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
const folder = mkdtempSync(join(tmpdir(), 'bench-pack-'))
/** A job that has not run anything: what earlier steps left must not be counted. */
const freshJob = () => ({
  PATH: process.env.PATH,
  GITHUB_WORKSPACE: folder,
  RUNNER_TEMP: mkdtempSync(join(folder, 'temp-')),
})
const names = readdirSync(join(root, 'actions'), { withFileTypes: true })
  .filter((e) => e.isDirectory())
  .map((e) => e.name)
const programs: Record<string, string[]> = { 'node -e 0': ['-e', '0'] }
for (const name of names) programs[name] = [join(dist, `${name}.js`)]

const times: Record<string, number[]> = {}
for (let round = 0; round <= rounds; round++) {
  for (const [name, words] of Object.entries(programs)) {
    const time = await firstLine(words, freshJob())
    // The first round warms the disk cache.
    if (round > 0) times[name] = [...(times[name] ?? []), time]
  }
}
rmSync(folder, { recursive: true })
const empty = median(times['node -e 0']!)
console.log(`time to the first line, median of ${rounds} (budget 150 ms)`)
for (const [name, of] of Object.entries(times)) {
  console.log(
    `  ${name.padEnd(26)} ${median(of).toFixed(0).padStart(4)} ms   ${(median(of) / empty).toFixed(1)} x node -e 0`,
  )
}
