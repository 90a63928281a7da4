import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitHub } from '@mlops-actions/github'
import { UserError } from '@mlops-actions/verdict'
import { type Version, wrongDigest } from './version.ts'

/**
 * Files of a version, into a folder under their asset names; all of them unless names are given. A file appears there
 * only when its digest is right. Gives the paths in the order of the names.
 */
export async function download(github: GitHub, of: Version, directory: string, names?: string[]): Promise<string[]> {
  await mkdir(directory, { recursive: true })
  const paths: string[] = []
  for (const name of names ?? Object.keys(of.digests)) paths.push(await one(github, of, directory, name))
  return paths
}

async function one(github: GitHub, of: Version, directory: string, name: string): Promise<string> {
  const asset = of.release === 'absent' ? undefined : of.release.assets.find((a) => a.name === name)
  const expected = of.digests[name]
  if (asset === undefined || expected === undefined || /[/\\]|^\.+$/.test(name))
    throw new UserError({
      code: 'ASSET_MISSING',
      message: `${of.tag} has no file ${name}.`,
      where: { key: 'files' },
      help: `Its files are ${Object.keys(of.digests).join(', ')}.`,
    })
  const path = join(directory, name)
  const part = `${path}.${randomBytes(4).toString('hex')}.part`
  const hash = createHash('sha256')
  try {
    const file = await open(part, 'wx')
    try {
      for await (const chunk of github.releases.download(asset)) {
        hash.update(chunk)
        await file.write(chunk)
      }
    } finally {
      await file.close()
    }
    if (hash.digest('hex') !== expected) throw wrongDigest(of.tag, name)
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
  return path
}
