import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it, vi } from 'vitest'
import { heldLines } from './held-lines.ts'

const root = mkdtempSync(join(tmpdir(), 'held-lines-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('are those of text files that the commit holds as they stand', async () => {
  const work = join(root, 'work')
  mkdirSync(join(work, 'data'), { recursive: true })
  const write = (path: string, content: string | Buffer = 'a,b\n1,2\n') => writeFileSync(join(work, path), content)
  const odd = 'data/é, %2C [x] *.csv'
  for (const path of ['data/kept.csv', 'data/changed.csv', 'data/large.csv', 'data/ignored.csv', odd]) write(path)
  write('data/latin.csv', Buffer.from('caf\u00e9\n', 'latin1'))
  write('data/packed.csv.gz', gzipSync('a,b\n1,2\n'))
  write('data/table.parquet', Buffer.from('PAR1\0\0PAR1'))
  write('.gitignore', 'ignored.csv\n')
  write('.gitattributes', 'large.csv -text\n')
  symlinkSync('kept.csv', join(work, 'data/link.csv'))
  const git = (...command: string[]) => execFileSync('git', ['-C', work, ...command], { stdio: 'pipe' })
  git('init', '-q')
  git('add', '-A')
  git('-c', 'user.name=mona', '-c', 'user.email=mona@example.com', 'commit', '-qm', 'data')
  write('data/changed.csv', 'a,b\n3,4\n5,6\n')
  write('data/new.csv')
  write('../outside.csv')

  const names = ['kept', 'changed', 'ignored', 'large', 'latin', 'link', 'new', 'gone'].map(
    (name) => `data/${name}.csv`,
  )
  const others = [odd, 'data/packed.csv.gz', 'data/table.parquet', 'data/*.csv', '../outside.csv', '/etc/passwd']
  const held = await heldLines([...names, ...others], work)
  expect([...held].sort()).toEqual(['data/kept.csv', 'data/latin.csv', odd])
})

it('are none where the workspace is no checkout', async () => {
  writeFileSync(join(root, 'data.csv'), 'a\n1\n')
  expect(await heldLines(['data.csv'], root)).toEqual(new Set())
  expect(await heldLines([], join(root, 'nowhere'))).toEqual(new Set())
})

it('give no token to a program that the checkout names', async () => {
  const work = join(root, 'filtered')
  mkdirSync(work)
  const git = (...command: string[]) => execFileSync('git', ['-C', work, ...command], { stdio: 'pipe' })
  git('init', '-q')
  writeFileSync(join(work, '.gitattributes'), 'data.csv filter=spy\n')
  writeFileSync(join(work, 'data.csv'), 'a\n1\n')
  git('config', 'filter.spy.clean', `env > ${join(root, 'seen')}; cat`)
  git('add', '-A')
  git('-c', 'user.name=mona', '-c', 'user.email=mona@example.com', 'commit', '-qm', 'data')
  rmSync(join(root, 'seen'))
  // Another time makes git look at the content again, through the filter.
  utimesSync(join(work, 'data.csv'), 1, 1)
  vi.stubEnv('INPUT_GITHUB-TOKEN', 'ghs_T0K3N')
  vi.stubEnv('ACTIONS_RUNTIME_TOKEN', 'eyJ_T0K3N')
  expect(await heldLines(['data.csv'], work)).toEqual(new Set(['data.csv']))
  vi.unstubAllEnvs()
  expect(readFileSync(join(root, 'seen'), 'utf8')).toContain('PATH=')
  expect(readFileSync(join(root, 'seen'), 'utf8')).not.toContain('T0K3N')
})
