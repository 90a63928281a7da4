import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Artifacts } from '@mlops-actions/github'
import { type Report, reportHtml, reportMarkdown } from '@mlops-actions/report'
import { type JsonObject, UserError } from '@mlops-actions/verdict'

/** The number of the pull request that an event is about; undefined where it is about none. */
export function pullRequestOf(payload: JsonObject | undefined): number | undefined {
  const pull = objectAt(payload, 'pull_request')
  const issue = objectAt(payload, 'issue')
  // A comment on a pull request arrives as one on an issue that says it is one.
  const number = pull?.number ?? (objectAt(issue, 'pull_request') && issue?.number)
  return typeof number === 'number' ? number : undefined
}

/** The commit that a pull request proposes; the event's own commit is that of a merge which nobody made. */
export function headOf(payload: JsonObject | undefined): string | undefined {
  const sha = objectAt(objectAt(payload, 'pull_request'), 'head')?.sha
  return typeof sha === 'string' ? sha : undefined
}

function objectAt(of: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = of?.[key]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

/** The report as a folder: report.html, report.md, and the files of each verdict under a number. Gives their paths. */
export async function writeBundle(folder: string, report: Report, files: string[]): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  const written = [join(folder, 'report.html'), join(folder, 'report.md')]
  await writeFile(written[0]!, reportHtml(report))
  await writeFile(written[1]!, reportMarkdown(report))
  for (const [i, file] of files.entries()) {
    const copy = join(folder, `${String(i + 1).padStart(2, '0')}-${basename(file)}`)
    await copyFile(file, copy)
    written.push(copy)
  }
  return written
}

const mostOfOneMatrix = 256

/**
 * Uploads the bundle under a name; jobs of one matrix share their name, so the later ones take it with `-1`, `-2`, and so
 * on. Which number a job gets says nothing about its place in the matrix.
 */
export async function uploadBundle(
  artifacts: Artifacts,
  name: string,
  files: string[],
  folder: string,
): Promise<{ id: number; name: string }> {
  for (let index = 0; ; index++) {
    const unique = index === 0 ? name : `${name}-${index}`
    try {
      const { id } = await artifacts.upload(unique, files, folder)
      return { id, name: unique }
    } catch (error) {
      const taken = error instanceof UserError && /already exists|\b409\b/.test(error.message)
      if (!taken || index >= mostOfOneMatrix) throw error
    }
  }
}
