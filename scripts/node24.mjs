// Runs a TypeScript file on the project's own Node 24, whatever Node started this: `node scripts/node24.mjs FILE [ARG ...]`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
const { status } = spawnSync(node, process.argv.slice(2), { stdio: 'inherit' })
process.exit(status ?? 1)
