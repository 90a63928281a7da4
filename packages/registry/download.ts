import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fetchCommand, isFetched, readRemote } from '@mlops-actions/files'
import type { GitHub } from '@mlops-actions/github'
import { UserError } from '@mlops-actions/verdict'
import { kept } from './manifest.ts'
import { type Version, wrongDigest } from './version.ts'

/** The names of all files of a version: its assets, and those that are kept elsewhere. */
export const fileNames = (of: Version) => [...Object.keys(of.digests), ...kept(of.manifest).map((f) => f.name)]

/**
 * Files of a version, into a folder under their names; all of them unless names are given. A file appears there only when
 * its digest is right. Gives the paths in the order of the names. UserError FILE_ELSEWHERE, before anything is fetched,
 * where one is kept at an address that is not https.
 */
export async function download(github: GitHub, of: Version, directory: string, names?: string[]): Promise<string[]> {
  const sources = (names ?? fileNames(of)).map((name) => ({ name, ...sourceOf(github, of, name) }))
  await mkdir(directory, { recursive: true })
  const paths: string[] = []
  for (const { name, sha256, read } of sources) {
    const path = join(directory, name)
    await keep(path, sha256, read(), () => wrongDigest(of.tag, name))
    paths.push(path)
  }
  return paths
}

/** Where the bytes of a file are, and what they must be. */
function sourceOf(github: GitHub, of: Version, name: string) {
  const elsewhere = kept(of.manifest).find((f) => f.name === name)
  const asset = of.release === 'absent' ? undefined : of.release.assets.find((a) => a.name === name)
  const sha256 = elsewhere?.sha256 ?? of.digests[name]
  if (sha256 === undefined || (elsewhere ?? asset) === undefined || /[/\\]|^\.+$/.test(name))
    throw new UserError({
      code: 'ASSET_MISSING',
      message: `${of.tag} has no file ${name}.`,
      where: { key: 'files' },
      help: `Its files are ${fileNames(of).join(', ')}.`,
    })
  if (elsewhere === undefined) return { sha256, read: () => github.releases.download(asset!) }
  if (isFetched(elsewhere)) return { sha256, read: () => readRemote(elsewhere, github) }
  throw new UserError({
    code: 'FILE_ELSEWHERE',
    message: `${name} of ${of.tag} is kept at ${elsewhere.uri}, which is not read here.`,
    where: { key: 'files' },
    help: `Fetch it in a step of your own: ${fetchCommand(elsewhere)}; and name the other files in "files": ${Object.keys(of.digests).join(', ')}.`,
  })
}

/** Writes bytes beside the path, and moves them there when they are whole and right. */
async function keep(path: string, sha256: string, bytes: AsyncIterable<Uint8Array>, wrong: () => UserError) {
  const part = `${path}.${randomBytes(4).toString('hex')}.part`
  const hash = createHash('sha256')
  try {
    const file = await open(part, 'wx')
    try {
      for await (const chunk of bytes) {
        hash.update(chunk)
        await file.writeFile(chunk)
      }
    } finally {
      await file.close()
    }
    if (hash.digest('hex') !== sha256) throw wrong()
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
}
