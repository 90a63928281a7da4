// Builds dist/: one bundle of the pack with its lazy chunks, one stub an action, the inference child and the server.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
const ncc = createRequire(import.meta.url)('@vercel/ncc')

const bundles = [
  { entry: 'actions/pack.ts', folder: 'dist', file: 'index.js' },
  { entry: 'packages/onnx/child.ts', folder: 'dist', file: 'onnx-child.js' },
  { entry: 'packages/serving/server/main.ts', folder: 'dist/serving', file: 'index.js' },
]

/** Names stay, so that a stack in a debug log can be read; ncc's own minifier leaves the chunks as they are. */
function compact(code) {
  const options = { minifyWhitespace: true, minifySyntax: true, legalComments: 'none', format: 'esm', target: 'node24' }
  return transformSync(code.toString(), options).code
}

rmSync('dist', { recursive: true, force: true })
for (const { entry, folder, file } of bundles) {
  const options = {
    cache: false,
    minify: false,
    quiet: true,
    transpileOnly: true,
    license: 'licenses.txt',
    target: 'es2022',
  }
  const { code, assets } = await ncc(join(root, entry), options)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, file), compact(code))
  for (const [name, { source }] of Object.entries(assets)) {
    if (name === 'licenses.txt' && entry !== bundles[0].entry && folder === 'dist') continue
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), name.endsWith('.js') ? compact(source) : source)
  }
  writeFileSync(join(folder, 'package.json'), '{\n  "type": "module"\n}\n')
}

const actions = readdirSync('actions', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
for (const name of actions.sort()) {
  writeFileSync(`dist/${name}.js`, `import { run } from './index.js'\nawait run('${name}')\n`)
}
const bytes = readdirSync('dist', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .reduce((sum, entry) => sum + readFileSync(join(entry.parentPath ?? entry.path, entry.name)).length, 0)
console.log(`dist: ${actions.length} actions, ${(bytes / 1e6).toFixed(2)} MB`)
