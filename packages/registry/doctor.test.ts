import { execFileSync } from 'node:child_process'
import type { Check } from '@mlops-actions/verdict'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diagnose, type Facts, readFacts } from './doctor.ts'
import { move } from './executor.ts'
import { readLog } from './log.ts'
import { register } from './register.ts'
import { openPlace, type Place, repository, runId } from './registry.fixture.ts'
import { openVersion, versionChecks } from './version.ts'
import { witnessCheck, writeWitness } from './witness.ts'

let place: Place
let runs = 0

beforeAll(async () => {
  place = await openPlace()
  await healthy('churn')
})
afterAll(() => place.close())

const v1 = 'churn@v1.0.0'
const v2 = 'churn@v1.1.0'
const slot = (n: number) => `churn#production#${n}`

async function promote(model: string, version: string, stage = 'production', witnessed = true) {
  const { outcome } = await move(place.github, place.request(model, { version, stage }))
  if (outcome.kind !== 'moved') throw new Error(outcome.kind)
  const of = { model, stage, slot: outcome.slot, object: outcome.object, version, tag: `${model}@${version}` }
  if (witnessed) await writeWitness(place.github, { ...of, releaseUrl: null, runUrl: null })
}

/** A model with two versions and three slots of production: v1.0.0, v1.1.0, v1.0.0. */
async function healthy(model: string): Promise<void> {
  for (let i = 0; i < 2; i++) await register(place.github, await place.registration(model, runId(++runs)))
  for (const version of ['v1.0.0', 'v1.1.0', 'v1.0.0']) await promote(model, version)
}

const facts = (model?: string, github = place.github) => readFacts(github, { model, stages: ['staging', 'production'] })
const examine = async (model?: string) => diagnose(await facts(model))
/** Advice on the repository's settings is no fault of the registry. */
const broken = (checks: Check[]) => checks.filter((c) => c.status !== 'passed' && c.id !== 'registry.ruleset')

/** What the doctor finds in a model: status, id and subject of each fault. */
async function faultsOf(model: string): Promise<[string, string, string][]> {
  const faults = broken(await examine(model))
  for (const { detail } of faults) expect(detail).toMatch(/^[A-Z].{20,}/s)
  return faults.map(({ status, id, subject }) => [status, id, subject])
}

/** Damages the tags of the model `churn`, looks at what came of it, and puts them back. */
async function damaged<T>(damage: () => unknown, look: () => Promise<T>): Promise<T> {
  const refs = () => place.git('for-each-ref', '--format=%(objectname) %(refname)', 'refs/tags').trim().split('\n')
  const before = refs()
  try {
    await damage()
    return await look()
  } finally {
    for (const line of refs()) if (!before.includes(line)) place.git('update-ref', '-d', line.split(' ')[1]!)
    for (const line of before) place.git('update-ref', line.split(' ')[1]!, line.split(' ')[0]!)
  }
}
const found = (damage: () => unknown) => damaged(damage, () => faultsOf('churn'))

const remove = (tag: string) => place.git('update-ref', '-d', `refs/tags/${tag}`)
const point = (tag: string, at: string) =>
  place.git('update-ref', `refs/tags/${tag}`, place.git('rev-parse', at).trim())
const commitOf = (name: string) => place.git('rev-parse', `${name}^{commit}`).trim()
const withoutTagger = (text: string) => text.replace(/^tagger .*\n/m, '')
const annotate = (tag: string, at: string, date = '2027-01-01T00:00:00Z') => {
  const who = ['-c', 'user.name=gto', '-c', 'user.email=g@t.o']
  place.git(...who, 'tag', '-a', '-f', '-m', 'Assigning', tag, at)
  rewrite(tag, (text) => text.replace(/^(tagger .* )\d+ /m, `$1${Date.parse(date) / 1000} `))
}

/** Writes a tag's object anew, changed, without git's own checks. */
function rewrite(tag: string, change: (text: string) => string): void {
  const text = change(place.git('cat-file', 'tag', `refs/tags/${tag}`))
  const write = ['-C', place.bare, 'hash-object', '-w', '--literally', '-t', 'tag', '--stdin']
  const object = execFileSync('git', write, { encoding: 'utf8', input: text }).trim()
  place.git('update-ref', `refs/tags/${tag}`, object)
}

type Permissions = Parameters<Place['open']>[0]
const admin: Permissions = { administration: 'write', contents: 'write' }

function answered(method: string, path: string, body?: Uint8Array | object, permissions?: Permissions) {
  const raw = body instanceof Uint8Array
  const token = place.local.token({ repository, ...(permissions === undefined ? {} : { permissions }) })
  return fetch(path.startsWith('http') ? path : `${place.local.apiUrl}/repos/${repository}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': raw ? 'application/octet-stream' : 'application/json',
    },
    ...(body === undefined ? {} : { body: raw ? Buffer.from(body) : JSON.stringify(body) }),
  })
}

async function api(...call: Parameters<typeof answered>): Promise<Response> {
  const answer = await answered(...call)
  expect(answer.ok).toBe(true)
  return answer
}

async function releaseOf(tag: string) {
  const found = await place.github.releases.byTag(tag)
  if (found === 'absent') throw new Error(tag)
  return found
}

async function dropAsset(tag: string, name: string) {
  const release = await releaseOf(tag)
  await api('DELETE', `releases/assets/${release.assets.find((a) => a.name === name)!.id}`)
  return release
}

describe('a healthy registry', () => {
  it('passes, with one check a model, stage and kind', async () => {
    await healthy('well')
    await promote('well', 'v1.1.0', 'staging')
    await promote('well', 'v1.1.0', 'archived', false)
    const checks = await examine('well')
    expect(broken(checks)).toEqual([])
    expect(checks.map((c) => [c.id, c.subject])).toEqual([
      ['registry.versions', 'well'],
      ['registry.releases', 'well'],
      ['registry.chain', 'well#archived'],
      ['registry.chain', 'well#production'],
      ['registry.witness', 'well#production'],
      ['registry.chain', 'well#staging'],
      ['registry.witness', 'well#staging'],
      ['registry.lookalike', 'tags'],
      ['registry.ruleset', 'tags'],
      ['registry.immutable', 'releases'],
      ['registry.workflow', 'workflows'],
    ])
    expect(checks.find((c) => c.id === 'registry.ruleset')!.detail).toContain('"refs/tags/*#*"')
  })

  it('is kept by the ruleset that the doctor prints', async () => {
    await healthy('kept')
    const advice = async () => (await examine('kept')).find((c) => c.id === 'registry.ruleset')!
    const before = await advice()
    expect(before.status).toBe('warned')
    const printed = JSON.parse(before.detail!.slice(before.detail!.indexOf('{"name"')))
    const { id } = (await (await api('POST', 'rulesets', printed, admin)).json()) as { id: number }
    expect(await advice()).toMatchObject({ status: 'passed', evidence: { rulesets: ['model registry'] } })

    const tags = place.git('tag', '--list', 'kept*').trim().split('\n')
    expect(tags).toHaveLength(5)
    for (const tag of tags) {
      const ref = `git/refs/tags/${encodeURIComponent(tag)}`
      const moved = await answered('PATCH', ref, { sha: commitOf('main'), force: true }, admin)
      const deleted = await answered('DELETE', ref, undefined, admin)
      expect([moved.status, deleted.status]).toEqual([422, 422])
      expect(((await deleted.json()) as { message: string }).message).toContain('Cannot delete this protected ref.')
    }
    // Nothing that the registry does is held back.
    await register(place.github, await place.registration('kept', runId(++runs)))
    await promote('kept', 'v1.2.0')
    expect(broken(await examine('kept'))).toEqual([])
    await api('DELETE', `rulesets/${id}`, undefined, admin)
  })

  it('is read in bulk: as many calls as pages and stages need', async () => {
    const before = place.local.requests.length
    await facts('churn')
    const calls = place.local.requests.slice(before).map((r) => r.path.split('/').at(-1))
    expect(calls).toEqual(['releases', 'deployments', 'deployments', 'rulesets'])
  })

  it('is not passed over in silence where there is none', () => {
    const none: Facts = {
      models: [],
      others: [],
      strange: [],
      records: new Map(),
      later: new Map(),
      rulesets: 'unknown',
    }
    expect(broken(diagnose(none))).toMatchObject([{ status: 'warned', id: 'registry.empty' }])
  })
})

describe('damage to the log of a stage', () => {
  it('a deleted top slot', () =>
    damaged(
      () => remove(slot(3)),
      async () => {
        const [fault, ...more] = broken(await examine('churn'))
        expect(more).toEqual([])
        expect(fault).toMatchObject({ status: 'failed', id: 'registry.top-gone', subject: slot(3) })
        expect(fault!.detail).toContain(`gh api repos/{owner}/{repo}/git/refs -f ref='refs/tags/${slot(3)}' -f sha=`)
      },
    ))

  it('all slots deleted, and a gap', async () => {
    expect(await found(() => [1, 2, 3].map((n) => remove(slot(n))))).toEqual([['failed', 'registry.top-gone', slot(3)]])
    expect(await found(() => remove(slot(2)))).toEqual([['failed', 'registry.slot-gone', slot(2)]])
  })

  it('a slot that was replaced, or moved', async () => {
    expect(await found(() => annotate(slot(2), `${v2}^{commit}`, '2020-01-01T00:00:00Z'))).toEqual([
      ['warned', 'registry.slot-foreign', slot(2)],
      ['warned', 'registry.slot-clock', slot(2)],
      ['failed', 'registry.slot-replaced', slot(2)],
    ])
    const moved = await found(() => point(slot(3), `refs/tags/${slot(2)}`))
    expect(moved.map(([, id]) => id)).toEqual(['registry.slot-tag', 'registry.slot-clock', 'registry.top-moved'])
  })

  it('a slot put between two others', async () => {
    const between = () => rewrite(slot(3), (t) => t.replace('"slot": 2', '"slot": 1'))
    expect(await found(between)).toContainEqual(['failed', 'registry.slot-inserted', slot(2)])
  })

  it('a slot written by gto, which counts over all stages', async () => {
    expect(await found(() => annotate(slot(7), `${v2}^{commit}`))).toEqual([
      ['warned', 'registry.slot-foreign', slot(7)],
      ['warned', 'registry.witness', 'churn#production'],
    ])
  })

  it('a lightweight tag, and one without a tagger', async () => {
    expect(await found(() => point(slot(4), `${v2}^{commit}`))).toEqual([
      ['failed', 'registry.slot-tag', slot(4)],
      ['warned', 'registry.witness', 'churn#production'],
    ])
    const nobody = await found(() => rewrite(slot(3), withoutTagger))
    expect(nobody.map(([, id]) => id)).toEqual(['registry.slot-tag', 'registry.top-moved'])
  })

  it('a clock set back', async () => {
    const back = () => annotate(slot(4), `${v2}^{commit}`, '2020-01-01T00:00:00Z')
    expect(await found(back)).toContainEqual(['warned', 'registry.slot-clock', slot(4)])
  })

  it('a slot that says another version than it stands on', async () => {
    const other = () => rewrite(slot(3), (t) => t.replace(/^object .*$/m, `object ${commitOf(v2)}`))
    expect(await found(other)).toContainEqual(['failed', 'registry.slot-record', slot(3)])
  })

  it('a holder whose version is missing', async () => {
    expect(await found(() => remove(v1))).toEqual([
      ['failed', 'registry.release-tag', v1],
      ['warned', 'registry.slot-version', slot(1)],
      ['failed', 'registry.holder-version', slot(3)],
    ])
  })

  it('tags by which gto takes a version away', async () => {
    const cancel = (date: string) => () => {
      annotate('churn#production!#4', `${v1}^{commit}`, date)
      annotate(`${v2}!`, `${v2}^{commit}`)
    }
    expect(await found(cancel('2100-01-01T00:00:00Z'))).toEqual([
      ['failed', 'registry.gto-cancel', 'churn#production!#4'],
      ['warned', 'registry.gto-cancel', `${v2}!`],
    ])
    // A promotion that came later takes it back, for gto too.
    expect((await found(cancel('2020-01-01T00:00:00Z')))[0]![0]).toBe('warned')
    expect(await found(() => annotate('churn@deprecated', v1))).toEqual([
      ['failed', 'registry.gto-cancel', 'churn@deprecated'],
    ])
  })
})

describe('damage to versions and releases', () => {
  it('a version tag of another tool, held and not', async () => {
    const foreign = () => annotate('churn@v2.0.0', 'main')
    expect(await found(foreign)).toEqual([['warned', 'registry.version-foreign', 'churn@v2.0.0']])
    const held = await found(() => {
      foreign()
      annotate('churn@v3.0.0', 'main')
      annotate(slot(4), 'main')
    })
    expect(held).toEqual([
      ['warned', 'registry.version-foreign', 'churn@v2.0.0'],
      ['failed', 'registry.version-foreign', 'churn@v3.0.0'],
      ['failed', 'registry.version-doubled', 'churn@v2.0.0, churn@v3.0.0'],
      ['warned', 'registry.slot-foreign', slot(4)],
      ['warned', 'registry.witness', 'churn#production'],
    ])
  })

  it('a version tag that was moved, is lightweight or has no tagger', async () => {
    const moved = await found(() => point(v2, `refs/tags/${v1}`))
    expect(moved).toContainEqual(['failed', 'registry.version-tag', v2])
    expect(moved).toContainEqual(['failed', 'registry.version-doubled', `${v1}, ${v2}`])
    expect(await found(() => point(v2, `${v2}^{commit}`))).toEqual([['failed', 'registry.version-tag', v2]])
    expect(await found(() => rewrite(v2, withoutTagger))).toEqual([['failed', 'registry.version-tag', v2]])
  })

  it('a record that is not the one that was tagged', async () => {
    for (const at of [v1, 'main']) {
      const other = () => rewrite(v2, (t) => t.replace(/^object .*$/m, `object ${commitOf(at)}`))
      expect(await found(other)).toContainEqual(['failed', 'registry.record', v2])
    }
  })

  it('an edited file, a missing one, one that was added, and a deleted release', async () => {
    await healthy('files')
    const [first, second] = ['files@v1.0.0', 'files@v1.1.0'] as const
    await dropAsset(first, 'golden.json')
    const release = await dropAsset(first, 'model.onnx')
    const url = release.uploadUrl.replace(/\{.*/, '')
    await api('POST', `${url}?name=model.onnx`, Buffer.from('other bytes'))
    await api('POST', `${url}?name=notes.txt`, Buffer.from('notes'))
    await api('DELETE', `releases/${(await releaseOf(second)).id}`)
    expect((await faultsOf('files')).sort()).toEqual([
      ['failed', 'registry.asset', `${first}: model.onnx`],
      ['failed', 'registry.asset-missing', `${first}: golden.json`],
      ['failed', 'registry.release', second],
      ['warned', 'registry.asset-added', `${first}: notes.txt`],
    ])
  })

  it('compares sizes where GitHub gives no digest', async () => {
    const known = await facts('churn')
    const assets = known.models[0]!.releases.flatMap((r) => r.assets)
    for (const asset of assets) asset.sha256 = null
    const passed = diagnose(known).find((c) => c.id === 'registry.releases')!
    expect([passed.status, passed.observed]).toEqual(['passed', expect.stringContaining('of 14 files')])
    assets.find((a) => a.name === 'model.onnx')!.size++
    expect(broken(diagnose(known)).map((c) => c.id)).toEqual(['registry.asset'])
  })

  it('a release that became a draft when its tag was deleted', async () => {
    await healthy('undone')
    const { id } = await releaseOf('undone@v1.1.0')
    remove('undone@v1.1.0')
    await api('PATCH', `releases/${id}`, { draft: true })
    expect(await faultsOf('undone')).toContainEqual(['failed', 'registry.release-tag', 'undone@v1.1.0'])
  })

  it('a registration that broke off, and drafts left behind', async () => {
    const half = await place.registration('half', runId(903))
    place.local.faults.order({ nth: 1, path: /releases\/\d+$/, methods: ['PATCH'], answer: 401, effect: 'none' })
    await expect(register(place.github, half)).rejects.toMatchObject({ code: 'GITHUB_PERMISSION' })
    expect(broken(await examine('half'))).toMatchObject([
      { status: 'failed', id: 'registry.release', observed: expect.stringContaining('draft') },
    ])
    await register(place.github, half)
    const name = (n: number) => `half v1.0.0 (run ${runId(n)})`
    for (const n of [901, 902, 902, 903])
      await place.github.releases.createDraft({ tag: 'half@v1.0.0', name: name(n), body: '', prerelease: false })
    const drafts = await faultsOf('half')
    expect(drafts.sort()).toEqual([
      ['warned', 'registry.draft', name(901)],
      ['warned', 'registry.draft', name(903)],
      ['warned', 'registry.drafts', `${name(902)}, ${name(902)}`],
    ])
  })
})

describe('names', () => {
  it('warns of tags that look like those of a model, and of no others', async () => {
    const alike = ['Churn@v1.0.0', 'churn@1.0.0', 'churn@v1', 'churn#production', 'lib=churn@v1.0.0', 'chrun@v1.0.0']
    const apart = ['@acme/ui@1.0.0', 'dashboard@2.0.0', 'dashboard@v2.0.0']
    const checks = await damaged(
      () => [...alike, ...apart].map((tag) => annotate(tag, 'main')),
      () => examine(),
    )
    const warned = checks.filter((c) => c.id === 'registry.lookalike')
    expect(warned.map((c) => c.subject).sort()).toEqual([...alike].sort())
    expect(new Set(warned.map((c) => c.status))).toEqual(new Set(['warned']))
    expect(checks.find((c) => c.id === 'registry.other-tags')).toMatchObject({
      status: 'passed',
      observed: expect.stringMatching(/^dashboard \(such as dashboard@v2.0.0\)/),
    })
  })
})

describe('a reader in doubt about the holder', () => {
  const failed = (checks: Check[]) => checks.filter((c) => c.status === 'failed').map((c) => c.id)

  it.each<[string, () => unknown]>([
    ['moved to the object of another slot', () => point(slot(3), `refs/tags/${slot(2)}`)],
    ['lightweight', () => point(slot(3), `${v2}^{commit}`)],
    ['without a tagger', () => rewrite(slot(3), withoutTagger)],
  ])('fails where the top slot is %s, with or without deployments', (_, damage) =>
    damaged(damage, async () => {
      const log = await readLog(place.github, 'churn')
      expect(failed(log.checks('production'))).toContain('registry.holder-tag')
      expect(failed([await witnessCheck(place.github, log, 'production')])).toEqual(['registry.witness'])
    }),
  )

  it('is helped by promoting the very version that the unsound slot names', () =>
    damaged(
      () => point(slot(4), `${v2}^{commit}`),
      async () => {
        const { outcome } = await move(place.github, place.request('churn', { version: 'v1.1.0' }))
        expect(outcome).toMatchObject({ kind: 'moved', slot: 5, version: 'v1.1.0' })
        const log = await readLog(place.github, 'churn')
        expect(failed(log.checks('production'))).toEqual([])
        const again = await move(place.github, place.request('churn', { version: 'v1.1.0' }))
        expect(again.outcome).toMatchObject({ kind: 'held', slot: 5 })
      },
    ))

  it('does not take a version by a tag that was moved', async () => {
    await damaged(
      () => point(v2, `refs/tags/${v1}`),
      async () => {
        const moved = await openVersion(place.github, await readLog(place.github, 'churn'), 'v1.1.0')
        expect(failed(await versionChecks(place.github, moved))).toEqual(['registry.assets'])
      },
    )
    await damaged(
      () => point(v2, `${v1}^{commit}`),
      async () => {
        const opened = openVersion(place.github, await readLog(place.github, 'churn'), 'v1.1.0')
        await expect(opened).rejects.toMatchObject({ code: 'VERSION_FOREIGN' })
      },
    )
  })

  it('says so where deployments may not be read', async () => {
    const checks = diagnose(await facts('churn', place.open({ contents: 'write' })))
    const detail = expect.stringContaining('deployments: read')
    expect(broken(checks)).toMatchObject([{ status: 'warned', id: 'registry.witness', detail }])
  })
})
