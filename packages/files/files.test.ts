import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Source } from '@mlops-actions/table'
import { UserError } from '@mlops-actions/verdict'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dataset, digestFile, insidePath, type Roots, readText, writeFileAtomic } from './index.ts'

let base: string
let roots: Roots & { temp: string }

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'files-'))
  roots = { workspace: join(base, 'work'), temp: join(base, 'temp') }
  for (const folder of [roots.workspace, roots.temp, join(base, 'else')]) mkdirSync(folder)
})
afterEach(() => rmSync(base, { recursive: true }))

function put(path: string, text: string): string {
  const full = join(base, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, text)
  return full
}

const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof UserError ? error.code : `not a UserError: ${error}`),
  )

describe('insidePath', () => {
  it('takes what lies in the workspace or RUNNER_TEMP, there already or not', async () => {
    put('work/a/b.csv', 'x')
    expect(await insidePath('a/b.csv', roots)).toBe(join(roots.workspace, 'a/b.csv'))
    expect(await insidePath('new/folder/file', roots)).toBe(join(roots.workspace, 'new/folder/file'))
    expect(await insidePath(join(roots.temp, 'x'), roots)).toBe(join(roots.temp, 'x'))
    expect(await insidePath('.', roots)).toBe(roots.workspace)
    expect(await insidePath('..name', roots)).toBe(join(roots.workspace, '..name'))
  })

  it('refuses what lies elsewhere, also behind a link or in a folder with the same beginning', async () => {
    put('else/secret', 'x')
    put('workplace/secret', 'x')
    symlinkSync(join(base, 'else'), join(roots.workspace, 'link'))
    symlinkSync(join(base, 'else/not-yet'), join(roots.workspace, 'dangling'))
    symlinkSync('loop', join(roots.workspace, 'loop'))
    for (const path of [
      '..',
      '../else/secret',
      '/etc/passwd',
      'link/secret',
      'link/new',
      'dangling',
      'dangling/file',
      'loop',
      join(base, 'workplace/secret'),
      'a\0b',
    ]) {
      expect([path, await refusal(insidePath(path, roots))]).toEqual([path, 'PATH_OUTSIDE'])
    }
    expect(await refusal(insidePath(join(roots.temp, 'x'), { workspace: roots.workspace }))).toBe('PATH_OUTSIDE')
  })

  it('follows links that stay inside, and a workspace that is itself a link', async () => {
    put('work/real/a.csv', 'x')
    symlinkSync('real', join(roots.workspace, 'alias'))
    symlinkSync(roots.workspace, join(base, 'way'))
    expect(await insidePath('alias/a.csv', { workspace: join(base, 'way') })).toBe(join(roots.workspace, 'real/a.csv'))
  })
})

describe('dataset', () => {
  const sum = (text: string) => createHash('sha256').update(text).digest('hex')

  it('fingerprints one file by its bytes alone', async () => {
    put('work/data/a.csv', 'x\n1\n')
    const found = await dataset(['data/a.csv'], roots)
    expect(found.files).toEqual([{ path: 'data/a.csv', size: 4, sha256: sum('x\n1\n') }])
    expect(found.fingerprint).toBe(`sha256:${sum('x\n1\n')}`)
  })

  it('fingerprints several files as sha256sum prints them', async () => {
    const names = ['b.csv', 'B.csv', 'é.csv', 'z\n.csv', 'a\\.csv', '😀.csv', 'sub/c.csv', '\uffee.csv']
    for (const name of names) put(`work/d/${name}`, `x\n${name.length}\n`)
    const found = await dataset(['d/**/*.csv', 'd/b.csv', ' '], roots)
    expect(found.files).toHaveLength(names.length)
    const sorted = names.map((name) => `d/${name}`).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    const printed = execFileSync('sha256sum', sorted, { cwd: roots.workspace })
    expect(found.fingerprint).toBe(`sha256:${createHash('sha256').update(printed).digest('hex')}`)
    expect(found.sources.map((source) => source.name)).toEqual(sorted)
  })

  it('opens its files as often as asked', async () => {
    put('work/a.csv', 'x\n1\n')
    const { sources } = await dataset(['a.csv'], roots)
    for (let time = 0; time < 2; time++) {
      const parts: Uint8Array[] = []
      for await (const chunk of sources[0]!.open()) parts.push(Uint8Array.from(chunk))
      expect(Buffer.concat(parts).toString()).toBe('x\n1\n')
    }
  })

  it('opens compressed files unpacked, and of others any part', async () => {
    put('work/a.csv', 'x,y\n1,2\n')
    writeFileSync(join(roots.workspace, 'b.csv.gz'), gzipSync('x,y\n3,4\n'))
    writeFileSync(join(roots.workspace, 'c.csv'), zstdCompressSync('x,y\n5,6\n'))
    const { sources, files } = await dataset(['*'], roots)
    const read = async (i: number, start?: number, end?: number) => {
      const parts: Uint8Array[] = []
      for await (const chunk of sources[i]!.open(start, end)) parts.push(Uint8Array.from(chunk))
      return Buffer.concat(parts).toString()
    }
    expect([await read(0), await read(1), await read(2)]).toEqual(['x,y\n1,2\n', 'x,y\n3,4\n', 'x,y\n5,6\n'])
    expect([await read(0, 4, 7), await read(0, 4, 4), await read(0, 7)]).toEqual(['1,2', '', '\n'])
    expect(sources.map((source) => source.size)).toEqual([8, undefined, undefined])
    const packed = readFileSync(join(roots.workspace, 'b.csv.gz'))
    expect(files[1]!.sha256).toBe(createHash('sha256').update(packed).digest('hex'))
  })

  it('follows links to data inside the workspace, once a file, and stops where they go in a circle', async () => {
    put('work/.cache/01', 'x\n1\n')
    put('work/d/a.csv', 'x\n2\n')
    symlinkSync('../.cache/01', join(roots.workspace, 'd/b.csv'))
    symlinkSync('a.csv', join(roots.workspace, 'd/c.csv'))
    symlinkSync('..', join(roots.workspace, 'd/circle'))
    const { files } = await dataset(['**/*.csv'], roots)
    expect(files.map((file) => file.path)).toEqual(['d/a.csv', 'd/b.csv'])
    expect((await dataset(['d/b.csv'], roots)).files[0]!.path).toBe('d/b.csv')
  })

  it('takes a path that exists as it is, and absolute globs in RUNNER_TEMP', async () => {
    put('work/data[1].csv', 'x\n')
    put('temp/new/p.csv', 'x\n')
    expect((await dataset(['data[1].csv'], roots)).files[0]!.path).toBe('data[1].csv')
    expect((await dataset([`${roots.temp}/**/*.csv`], roots)).files[0]!.path).toBe('../temp/new/p.csv')
  })

  it('refuses by name', async () => {
    put('work/folder/a.csv', 'x\n')
    put('else/b.csv', 'x\n')
    put('work/model.csv', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n')
    symlinkSync(join(base, 'else/b.csv'), join(roots.workspace, 'folder/link.csv'))
    expect(await refusal(dataset([], roots))).toBe('DATA_MISSING')
    expect(await refusal(dataset([' '], roots))).toBe('DATA_MISSING')
    expect(await refusal(dataset(['folder/a.csv', 'no/*.csv'], roots))).toBe('DATA_NO_MATCH')
    expect(await refusal(dataset(['folder/b.csv'], roots))).toBe('FILE_MISSING')
    expect(await refusal(dataset(['folder'], roots))).toBe('FILE_IS_DIRECTORY')
    expect(await refusal(dataset(['model.csv'], roots))).toBe('LFS_POINTER')
    expect(await refusal(dataset(['../else/*.csv'], roots))).toBe('PATH_OUTSIDE')
    expect(await refusal(dataset(['/**/*.csv'], roots))).toBe('PATH_OUTSIDE')
    expect(await refusal(dataset(['folder/*.csv'], roots))).toBe('PATH_OUTSIDE')
  })

  it('enters no folder outside, by a link or by braces, and leaves nothing out unsaid', async () => {
    put('work/d/a.csv', 'x\n1\n')
    put('work/e/a.csv', 'x\n1\n')
    put('work/f/a.csv', 'x\n1\n')
    put('else/b.txt', 'x')
    symlinkSync(join(base, 'else'), join(roots.workspace, 'd/more'))
    symlinkSync('/', join(roots.workspace, 'e/more'))
    symlinkSync('../.cache/not-pulled', join(roots.workspace, 'f/b.csv'))
    symlinkSync('nowhere', join(roots.workspace, 'f/c.txt'))
    expect(await refusal(dataset(['d/**/*.csv'], roots))).toBe('PATH_OUTSIDE')
    expect(await refusal(dataset(['e/**/*.csv'], roots))).toBe('PATH_OUTSIDE')
    expect(await refusal(dataset(['{../else,d}/*'], roots))).toBe('PATH_OUTSIDE')
    expect(await refusal(dataset(['{/,d}/**/*.csv'], roots))).toBe('PATH_OUTSIDE')
    expect((await dataset(['d/*.csv'], roots)).files).toHaveLength(1)
    await expect(dataset(['f/*.csv'], roots)).rejects.toMatchObject({ help: expect.stringContaining('dvc pull') })
    expect((await dataset(['f/a*'], roots)).files).toHaveLength(1)
  })

  it('refuses what may never end, as data and as text', async () => {
    const pipe = join(roots.workspace, 'pipe.csv')
    execFileSync('mkfifo', [pipe])
    expect(await refusal(dataset(['pipe.csv'], roots))).toBe('FILE_UNREADABLE')
    expect(await refusal(dataset(['*.csv'], roots))).toBe('DATA_NO_MATCH')
    expect(await refusal(readText('pipe.csv', roots))).toBe('FILE_UNREADABLE')
  })

  it('gives no bytes but those that its digests are of', async () => {
    const read = async (source: Source, meanwhile: () => void) => {
      for await (const piece of source.open()) if (piece.length > 0) meanwhile()
    }
    const content = 'x\n'.repeat(3 << 20)
    const changes: Record<string, (path: string) => void> = {
      grows: (path) => appendFileSync(path, 'x\n'),
      shrinks: (path) => truncateSync(path, 1 << 21),
      'is another of its size': (path) => writeFileSync(path, content.replaceAll('x', 'y')),
      'is replaced': (path) => {
        writeFileSync(`${path}.new`, content)
        renameSync(`${path}.new`, path)
      },
    }
    for (const [name, change] of Object.entries(changes)) {
      const path = put(`work/${name}.csv`, content)
      const { sources } = await dataset([`${name}.csv`], roots)
      await read(sources[0]!, () => {})
      if (name !== 'is replaced') expect(await refusal(read(sources[0]!, () => change(path)))).toBe('FILE_CHANGED')
      else change(path)
      expect(await refusal(read(sources[0]!, () => {}))).toBe('FILE_CHANGED')
    }
  })
})

describe('readText', () => {
  it('gives the text without a byte order mark', async () => {
    put('work/a.yaml', '\ufeffkey: é\n')
    expect(await readText('a.yaml', roots)).toBe('key: é\n')
  })

  it('says what is wrong and where', async () => {
    put('work/a/b', 'x')
    writeFileSync(join(roots.workspace, 'latin1'), Buffer.from([0xe9]))
    put('work/pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n')
    expect(await refusal(readText('none', roots))).toBe('FILE_MISSING')
    expect(await refusal(readText('a/b/c', roots))).toBe('FILE_MISSING')
    expect(await refusal(readText('a', roots))).toBe('FILE_IS_DIRECTORY')
    expect(await refusal(readText('latin1', roots))).toBe('FILE_ENCODING')
    expect(await refusal(readText('pointer', roots))).toBe('LFS_POINTER')
    expect(await refusal(readText('../else/x', roots))).toBe('PATH_OUTSIDE')
  })
})

describe('writeFileAtomic', () => {
  it('makes folders, replaces, and leaves nothing else behind', async () => {
    const path = join(roots.workspace, 'out/deep/file.json')
    await writeFileAtomic(path, 'one')
    await writeFileAtomic(path, new TextEncoder().encode('two'))
    expect(readFileSync(path, 'utf8')).toBe('two')
    expect(await digestFile(path)).toEqual({ size: 3, sha256: createHash('sha256').update('two').digest('hex') })
    mkdirSync(join(roots.workspace, 'out/folder'))
    writeFileSync(join(roots.workspace, 'out/folder/x'), '')
    await expect(writeFileAtomic(join(roots.workspace, 'out/folder'), 'x')).rejects.toThrow()
    expect(readdirSync(join(roots.workspace, 'out')).sort()).toEqual(['deep', 'folder'])
  })
})
