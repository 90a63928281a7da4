// The README's picture: the report that the demo left, as a headless Chromium shows it. `npm run demo` first.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const profile = mkdtempSync(join(tmpdir(), 'picture-'))
try {
  execFileSync(
    process.env.CHROMIUM ?? 'chromium',
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--hide-scrollbars', `--user-data-dir=${profile}`],
      ...['--window-size=1000,2560', `--screenshot=${join(root, 'docs/report.png')}`],
      pathToFileURL(join(root, '.demo/report.html')).href,
    ],
    { stdio: 'ignore' },
  )
} finally {
  rmSync(profile, { recursive: true, force: true })
}
