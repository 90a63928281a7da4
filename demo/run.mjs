// `npm run demo`: checks what the demo needs, then runs it on the project's own Node 24.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const node = path('../node_modules/node/bin/node')
if (!existsSync(node)) {
  console.error('The demo needs its dependencies: run npm ci first.')
  process.exit(2)
}
try {
  execFileSync('git', ['--version'], { stdio: 'ignore' })
} catch {
  console.error('The demo needs git on the PATH.')
  process.exit(2)
}
const child = spawn(node, [path('demo.ts'), ...process.argv.slice(2)], { stdio: 'inherit' })
// A terminal sends Ctrl-C to both; the child cleans up, and this process waits for it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.once('close', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)))
