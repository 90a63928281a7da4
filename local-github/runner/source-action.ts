import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * An action as it stands in the sources, ready to be run: its own action.yml, with main.ts in the place of the built entry.
 * Makes the folder and gives it.
 */
export async function sourceAction(folder: string, source: URL): Promise<string> {
  await mkdir(folder, { recursive: true })
  const main = fileURLToPath(new URL('main.ts', source))
  const declared = await readFile(new URL('action.yml', source), 'utf8')
  await writeFile(
    join(folder, 'main.mjs'),
    `const { main } = await import(${JSON.stringify(main)}); await main.start()\n`,
  )
  await writeFile(join(folder, 'action.yml'), declared.replace(/^( +main:) .*$/m, "$1 'main.mjs'"))
  return folder
}
