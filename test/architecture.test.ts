import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The house, top to bottom: an import points to the same band or to one above it. */
const bands = [
  ['verdict', 'document', 'statistics', 'table', 'profile', 'validation', 'metrics', 'gate', 'drift'],
  ['files', 'onnx', 'github'],
  ['runs', 'registry', 'references'],
  ['settings', 'report', 'action', 'serving'],
]
const pure = bands[0]!
const bandOf = (room: string) => bands.findIndex((band) => band.includes(room))

interface Import {
  file: string
  room: string
  target: string
  typeOnly: boolean
}

function sources(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/fixture/.test(name))
    .map((name) => join(folder, name))
}

function imports(file: string): { target: string; typeOnly: boolean }[] {
  const text = readFileSync(file, 'utf8')
  const found = [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'/g)].map((m) => ({
    target: m[2]!,
    typeOnly: m[1] !== undefined,
  }))
  const lazy = [...text.matchAll(/import\(\s*'([^']+)'\s*\)/g)].map((m) => ({ target: m[1]!, typeOnly: false }))
  const bare = [...text.matchAll(/(?:^|\n)import\s+'([^']+)'/g)].map((m) => ({ target: m[1]!, typeOnly: false }))
  return [...found, ...lazy, ...bare]
}

const rooms = readdirSync(join(root, 'packages'))
const all: Import[] = rooms.flatMap((room) =>
  sources(join(root, 'packages', room)).flatMap((file) =>
    imports(file).map((of) => ({ file: relative(root, file), room, ...of })),
  ),
)
const between = all.flatMap((of) => {
  const match = /^@mlops-actions\/([^/]+)/.exec(of.target)
  return match ? [{ ...of, to: match[1]! }] : []
})

/** The ways that lead back to where they start, along arrows between different places. */
function circles(arrows: [string, string][]): string[] {
  const to = new Map<string, Set<string>>()
  for (const [from, end] of arrows) if (from !== end) to.set(from, (to.get(from) ?? new Set()).add(end))
  const found: string[] = []
  const done = new Set<string>()
  const visit = (place: string, path: string[]): void => {
    if (path.includes(place)) found.push([...path.slice(path.indexOf(place)), place].join(' -> '))
    if (path.includes(place) || done.has(place)) return
    for (const next of to.get(place) ?? []) visit(next, [...path, place])
    done.add(place)
  }
  for (const place of to.keys()) visit(place, [])
  return found
}

describe('the house', () => {
  it('has a band for every room, and no room that the bands do not know', () => {
    expect(rooms.filter((room) => bandOf(room) < 0)).toEqual([])
  })

  it('lets arrows point to the same band or one above, never down', () => {
    const down = between.filter((of) => bandOf(of.to) > bandOf(of.room)).map((of) => `${of.file} -> ${of.to}`)
    expect(down).toEqual([])
  })

  it('has no circle of rooms, and none of files', () => {
    expect(circles(between.map((of) => [of.room, of.to]))).toEqual([])
    const files = [
      ...rooms.map((room) => join(root, 'packages', room)),
      join(root, 'actions'),
      join(root, 'local-github'),
    ]
    const within = files.flatMap(sources).flatMap((file) =>
      imports(file)
        .filter(({ target }) => target.startsWith('.'))
        .map(({ target }): [string, string] => [relative(root, file), relative(root, join(dirname(file), target))]),
    )
    expect(within.length).toBeGreaterThan(200)
    expect(circles(within)).toEqual([])
  })

  it('keeps pure rooms free of files, network and the runner', () => {
    const outside = /^(node:(fs|http|https|net|child_process|worker_threads|os)|@actions\/|@octokit\/)/
    const leaks = all
      .filter((of) => pure.includes(of.room) && outside.test(of.target))
      .map((of) => `${of.file} -> ${of.target}`)
    expect(leaks).toEqual([])
  })

  it('reaches into no other room past its index', () => {
    const deep = all.filter(
      (of) => /^@mlops-actions\/[^/]+\//.test(of.target) || /\.\.\/\.\.\/packages/.test(of.target),
    )
    expect(deep.map((of) => `${of.file} -> ${of.target}`)).toEqual([])
  })

  it('lets no action import another, and nothing import an action but the pack', () => {
    const names = readdirSync(join(root, 'actions'), { withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => e.name)
    const crossing = names.flatMap((name) =>
      sources(join(root, 'actions', name)).flatMap((file) =>
        imports(file)
          .filter((of) => of.target.startsWith('..'))
          .map((of) => `${relative(root, file)} -> ${of.target}`),
      ),
    )
    expect(crossing).toEqual([])
    expect(
      all.filter((of) => of.target.includes('actions/') && of.target.startsWith('.')).map((of) => of.file),
    ).toEqual([])
  })

  it('lets local-github import no room', () => {
    const inside = sources(join(root, 'local-github')).flatMap((file) =>
      imports(file).filter((of) => /mlops-actions|packages\//.test(of.target)),
    )
    expect(inside).toEqual([])
  })

  it('keeps the main.ts of an action under 200 lines', () => {
    const long = readdirSync(join(root, 'actions'), { withFileTypes: true })
      .filter((e) => e.isDirectory())
      .map((e) => join(root, 'actions', e.name, 'main.ts'))
      .filter((file) => existsSync(file) && readFileSync(file, 'utf8').split('\n').length > 200)
    expect(long).toEqual([])
  })
})
