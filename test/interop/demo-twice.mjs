// Runs the demo twice and fails where the two do not end the same way: same versions, same verdicts, same numbers.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const demo = fileURLToPath(new URL('../../demo/run.mjs', import.meta.url))

/** What the demo says, without what may differ from run to run: durations and run ids. */
function tell() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [demo], { encoding: 'utf8' })
  if (status !== 0) {
    console.error(stdout, stderr)
    process.exit(1)
  }
  return stdout
    .replaceAll(/\b\d+(\.\d+)? s\b/g, '… s')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '…')
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '))
}

const [first, second] = [tell(), tell()]
const differences = first.map((line, i) => [line, second[i]]).filter(([a, b]) => a !== b)
for (const [a, b] of differences) console.error(`first:  ${a}\nsecond: ${b}`)
if (differences.length > 0 || first.length !== second.length) process.exit(1)
console.log(`two demos said the same in ${first.length} lines`)
