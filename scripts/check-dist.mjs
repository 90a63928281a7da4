// Builds the pack again and fails where the committed dist/ differs by a byte.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
const changes = execFileSync('git', ['status', '--porcelain', '--', 'dist'], { encoding: 'utf8' })
if (changes !== '') {
  console.error(`dist/ is not what the sources give; run npm run build and commit it:\n${changes}`)
  process.exit(1)
}
console.log('dist/ is what the sources give')
