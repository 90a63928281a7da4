import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { download } from './download.ts'
import { draftName } from './draft.ts'
import { move } from './executor.ts'
import { listLog, readLog } from './log.ts'
import { parseTagName } from './names.ts'
import { register } from './register.ts'
import { openPlace, type Place, repository, runId } from './registry.fixture.ts'
import { readSlotEvent, readVersionEvent } from './slot.ts'
import { openVersion, readEvidence, versionChecks } from './version.ts'
import { witnessCheck, writeWitness } from './witness.ts'

let place: Place

beforeAll(async () => {
  place = await openPlace()
})

afterAll(async () => {
  // Whatever the tests did, no object may be broken and every tag must be one that GTO reads.
  place.git('fsck', '--strict', '--no-dangling')
  for (const line of place
    .git('for-each-ref', '--format=%(refname:strip=2) %(objecttype) %(taggername)', 'refs/tags')
    .trim()
    .split('\n')) {
    const [tag, type, tagger] = line.split(' ')
    if (tag!.startsWith('foreign')) continue
    expect(parseTagName(tag!)).toBeDefined()
    expect([type, tagger !== '']).toEqual(['tag', true])
  }
  await place.close()
})

const allMethods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

async function promote(model: string, version: string | null, more: Parameters<Place['request']>[1] = {}) {
  return (await move(place.github, place.request(model, { version, ...more }))).outcome
}

describe('register', () => {
  it('publishes a version whose files and digests are all there', async () => {
    const { github } = place
    const done = await register(github, await place.registration('alpha', runId(1)))
    expect(done).toMatchObject({ created: true, version: { version: 'v1.0.0', tag: 'alpha@v1.0.0' } })
    expect(done.checks.map((c) => c.status)).toEqual(['passed', 'passed'])
    const release = await github.releases.byTag('alpha@v1.0.0')
    if (release === 'absent') throw new Error('not published')
    expect(release).toMatchObject({ draft: false, name: 'alpha v1.0.0', body: '# alpha v1.0.0\n' })
    expect(release.assets.map((a) => a.name).sort()).toEqual([
      'MODEL_CARD.md',
      'evidence.json',
      'golden.json',
      'manifest.json',
      'model.onnx',
      'reference.profile.json',
      'run.json',
    ])
    expect(place.git('show', '-s', '--format=%an %ad %P', '--date=iso-strict-local', 'alpha@v1.0.0^{commit}')).toMatch(
      /^ada 2026-03-01T1\d:05:00/,
    )
    expect(place.git('ls-tree', '--name-only', 'alpha@v1.0.0').trim().split('\n')).toEqual([
      'manifest.json',
      'run.json',
    ])
    const version = await openVersion(github, await listLog(github, 'alpha'), 'v1.0.0')
    expect((await readEvidence(github, version)).verdicts).toHaveLength(1)
  })

  it('makes one version of one run, however often and from wherever it is registered', async () => {
    const of = await place.registration('beta', runId(2))
    const both = await Promise.all([register(place.github, of), register(place.open(), of)])
    const again = await register(place.github, of)
    expect([...both, again].map((d) => d.version.version)).toEqual(['v1.0.0', 'v1.0.0', 'v1.0.0'])
    expect(again.created).toBe(false)
    expect((await readLog(place.github, 'beta')).versions).toHaveLength(1)
  })

  it('gives every run a number of its own when several register at once', async () => {
    const runs = await Promise.all([3, 4, 5].map((n) => place.registration('gamma', runId(n))))
    const done = await Promise.all(runs.map((r) => register(place.open(), r)))
    expect(done.map((d) => d.version.version).sort()).toEqual(['v1.0.0', 'v1.1.0', 'v1.2.0'])
    for (const { version, checks } of done) {
      expect(checks.every((c) => c.status === 'passed')).toBe(true)
      expect(version.release).toMatchObject({ tag: version.tag, name: `gamma ${version.version}` })
    }
  })

  it('counts up by the signature, or as asked, and never changes a version', async () => {
    const { github } = place
    const signature = { inputs: [{ name: 'y' }], outputs: [] }
    const at = async (n: number, more = {}) =>
      (await register(github, await place.registration('delta', runId(n), more))).version.version
    expect(await at(10)).toBe('v1.0.0')
    expect(await at(11)).toBe('v1.1.0')
    expect(await at(12, { signature })).toBe('v2.0.0')
    expect(await at(13, { signature, bump: 'patch' })).toBe('v2.0.1')
    expect(await at(14, { signature, version: 'v3.0.0-rc.1' })).toBe('v3.0.0-rc.1')
    await expect(at(15, { version: 'v1.0.0' })).rejects.toMatchObject({ code: 'VERSION_TAKEN' })
  })

  it('gives a pre-release where it is asked for, marks it, and counts on from it', async () => {
    const { github } = place
    const other = { signature: { inputs: [{ name: 'y' }], outputs: [] } }
    const at = async (n: number, more = {}) =>
      (await register(github, await place.registration('omega', runId(n), more))).version
    expect((await at(70)).version).toBe('v1.0.0')
    const candidate = await at(71, { ...other, version: 'v2.0.0-rc.1' })
    expect(candidate.release).toMatchObject({ tag: 'omega@v2.0.0-rc.1', prerelease: true })
    expect((await at(72, { ...other, version: 'v2.0.0-rc.2' })).version).toBe('v2.0.0-rc.2')
    const released = await at(73, other)
    expect([released.version, released.release]).toMatchObject(['v2.0.0', { prerelease: false }])
    expect((await at(74, other)).version).toBe('v2.1.0')
    // Named too low by hand: the release that follows is still a major step, for its inputs are not those of v2.1.0.
    expect((await at(75, { version: 'v2.2.0-rc.1' })).version).toBe('v2.2.0-rc.1')
    expect((await at(76)).version).toBe('v3.0.0')
    const log = await readLog(github, 'omega')
    expect(log.versions.map((v) => v.version)).toEqual([
      'v1.0.0',
      'v2.0.0-rc.1',
      'v2.0.0-rc.2',
      'v2.0.0',
      'v2.1.0',
      'v2.2.0-rc.1',
      'v3.0.0',
    ])
    expect(await promote('omega', 'v2.0.0-rc.2', { stage: 'staging' })).toMatchObject({ kind: 'moved' })
    const latest = await fetch(`${place.local.apiUrl}/repos/${repository}/releases/latest`, {
      headers: { authorization: `Bearer ${place.local.token({ repository })}` },
    })
    expect(latest.status).toBe(404)
  })

  it('refuses bytes that are not those that were tracked', async () => {
    const of = await place.registration('epsilon', runId(20))
    of.files[0]!.sha256 = 'f'.repeat(64)
    await expect(register(place.github, of)).rejects.toMatchObject({ code: 'UPLOAD_DIFFERS' })
    expect((await readLog(place.github, 'epsilon')).versions).toEqual([])
  })

  // The writes: tree, commit, draft, 7 files, tag object, ref, publish.
  it.each([2, 3, 4, 10, 11, 12, 13])('goes on when the answer to write %i is lost', async (nth) => {
    const of = await place.registration(`lost-${nth}`, runId(100 + nth))
    place.local.faults.order({ nth, answer: 'drop', effect: 'applied' })
    const done = await register(place.github, of)
    expect(done.checks.every((c) => c.status === 'passed')).toBe(true)
    expect((await readLog(place.github, of.model)).versions.map((v) => v.version)).toEqual(['v1.0.0'])
  })

  it.each([3, 5, 11, 12, 13])('finishes on the next attempt what a crash at write %i left', async (nth) => {
    const { local } = place
    const of = await place.registration(`crash-${nth}`, runId(200 + nth))
    const strike = () => local.faults.order({ nth: 1, methods: allMethods, answer: 401, effect: 'none' })
    local.faults.order({ nth, answer: 502, effect: 'applied', strike })
    await expect(register(place.open(), of)).rejects.toMatchObject({ code: 'GITHUB_PERMISSION' })
    const done = await register(place.open(), of)
    expect(done.checks.every((c) => c.status === 'passed')).toBe(true)
    expect((await readLog(place.github, of.model)).versions.map((v) => v.version)).toEqual(['v1.0.0'])
  })

  it('publishes the draft that the tag names, and no other of the run', async () => {
    const { github, local } = place
    const of = await place.registration('theta', runId(60))
    const strike = () => local.faults.order({ nth: 1, methods: allMethods, answer: 401, effect: 'none' })
    local.faults.order({ nth: 13, answer: 502, effect: 'none', strike })
    await expect(register(place.open(), of)).rejects.toMatchObject({ code: 'GITHUB_PERMISSION' })
    const tagged = readVersionEvent((await readLog(github, 'theta')).versions[0]!.message!)!.release
    // Another job that registered the same run at the same time, and lost the race for the tag.
    const text = { tag: 'theta@v1.0.0', body: '', prerelease: false }
    const other = await github.releases.createDraft({ ...text, name: draftName('theta v1.0.0', runId(60)) })
    const done = await register(place.open(), of)
    expect(done.version.release).toMatchObject({ id: tagged, draft: false })
    expect(await github.releases.get(other.id)).toMatchObject({ draft: true })
  })

  it('mends an upload that broke off', async () => {
    place.local.faults.order({ nth: 1, path: /assets/, origins: ['uploads'], answer: 502, effect: 'starter' })
    const done = await register(place.github, await place.registration('zeta', runId(30)))
    expect(done.checks.every((c) => c.status === 'passed')).toBe(true)
  })
})

describe('promote and roll back', () => {
  beforeAll(async () => {
    for (const n of [40, 41, 42]) await register(place.github, await place.registration('churn', runId(n)))
  })

  it('writes one slot after the other, each chained to the one below', async () => {
    const { github } = place
    expect(await promote('churn', 'v1.0.0')).toMatchObject({ kind: 'moved', slot: 1, previous: null })
    expect(await promote('churn', 'v1.1.0', { expect: 'v1.0.0' })).toMatchObject({
      kind: 'moved',
      slot: 2,
      previous: 'v1.0.0',
    })
    expect(await promote('churn', 'v1.1.0', { expect: 1 })).toMatchObject({ kind: 'held', slot: 2 })
    expect(await promote('churn', 'v1.2.0', { expect: 1 })).toMatchObject({ kind: 'refused' })
    expect(await promote('churn', 'v1.2.0', { dryRun: true })).toMatchObject({ kind: 'would-move', slot: 3 })
    expect(await promote('churn', 'v1.2.0')).toMatchObject({ kind: 'moved', slot: 3 })
    const log = await readLog(github, 'churn')
    const [first, second] = log.slots('production')
    expect(second!.event).toMatchObject({
      kind: 'promotion',
      who: 'grace',
      why: 'better recall',
      previous: { slot: 1, object: first!.object },
    })
    expect(log.checks('production').map((c) => c.status)).toEqual(['passed'])
    expect(Date.parse(second!.date!)).toBeGreaterThan(Date.parse(first!.date!))
    expect(place.git('tag', '-l', '--format=%(contents:subject)', 'churn#production#2').trim()).toBe(
      'grace promoted churn v1.1.0 to production: better recall',
    )
  })

  it('rolls back by slots, one further each time, until the stack is empty', async () => {
    const back = { do: 'rollback' } as const
    expect(await promote('churn', null, back)).toMatchObject({ kind: 'moved', slot: 4, version: 'v1.1.0' })
    expect(await promote('churn', null, back)).toMatchObject({ kind: 'moved', slot: 5, version: 'v1.0.0' })
    expect(await promote('churn', null, back)).toMatchObject({ kind: 'refused' })
    expect(await promote('churn', 'v1.2.0', { ...back, request: 'r/1' })).toMatchObject({ kind: 'moved', slot: 6 })
    expect(await promote('churn', null, { ...back, request: 'r/1' })).toMatchObject({ kind: 'held', slot: 6 })
    const log = await readLog(place.github, 'churn')
    expect(log.holder('production')).toMatchObject({ n: 6, version: 'v1.2.0' })
    expect(log.checks('production').every((c) => c.status === 'passed')).toBe(true)
    expect(log.holder('production', new Date(log.slots('production')[1]!.date!))).toMatchObject({ version: 'v1.1.0' })
    expect(log.holder('staging')).toBe('none')
  })

  it('lets one of several promoters with the same fence win', async () => {
    const versions = ['v1.0.0', 'v1.1.0', 'v1.2.0']
    const all = await Promise.all(
      versions.map((version) =>
        move(place.open(), place.request('churn', { version, stage: 'canary', expect: 'none' })),
      ),
    )
    expect(all.map((a) => a.outcome.kind).sort()).toEqual(['moved', 'refused', 'refused'])
    expect((await readLog(place.github, 'churn')).slots('canary')).toHaveLength(1)
  })

  it('loses nothing when several promote without a fence', async () => {
    const versions = ['v1.0.0', 'v1.1.0', 'v1.2.0']
    const all = await Promise.all(
      versions.map((version) => move(place.open(), place.request('churn', { version, stage: 'shadow' }))),
    )
    expect(all.map((a) => a.outcome.kind)).toEqual(['moved', 'moved', 'moved'])
    const log = await readLog(place.github, 'churn')
    expect(log.slots('shadow').map((s) => s.n)).toEqual([1, 2, 3])
    expect(log.checks('shadow').every((c) => c.status === 'passed')).toBe(true)
  })

  it.each(['applied', 'none'] as const)('decides whose a slot is after a lost answer (%s)', async (effect) => {
    place.local.faults.order({ nth: 1, path: /git\/refs$/, answer: 502, effect })
    const stage = `unclear-${effect}`
    expect(await promote('churn', 'v1.0.0', { stage })).toMatchObject({ kind: 'moved', slot: 1 })
    expect((await readLog(place.github, 'churn')).slots(stage)).toHaveLength(1)
  })

  it('refuses what the judge refuses, and asks again when somebody else was first', async () => {
    const refused = await promote('churn', 'v1.0.0', {
      stage: 'judged',
      judge: async (version) => ({
        checks: await versionChecks(place.github, { ...version, release: 'absent' }),
        evidence: [],
      }),
    })
    expect(refused).toMatchObject({ kind: 'refused', checks: [{ status: 'passed' }, { id: 'registry.release' }] })
    let asked = 0
    const outcome = await promote('churn', 'v1.1.0', {
      stage: 'judged',
      judge: async () => {
        if (++asked === 1) await promote('churn', 'v1.0.0', { stage: 'judged' })
        return { checks: [], evidence: [] }
      },
    })
    expect([asked, outcome]).toMatchObject([2, { kind: 'moved', slot: 2 }])
  })

  it('notices a slot that was deleted', async () => {
    const { github } = place
    const stage = 'cut'
    for (const v of ['v1.0.0', 'v1.1.0', 'v1.2.0']) {
      const done = await promote('churn', v, { stage })
      if (done.kind !== 'moved') throw new Error(done.kind)
      const of = { model: 'churn', stage, slot: done.slot, object: done.object, version: v, tag: `churn@${v}` }
      expect(await writeWitness(github, { ...of, releaseUrl: null, runUrl: null })).toBe('written')
      expect(await writeWitness(github, { ...of, releaseUrl: null, runUrl: null })).toBe('there')
    }
    const whole = await readLog(github, 'churn')
    expect(await witnessCheck(github, whole, stage)).toMatchObject({ status: 'passed' })
    place.git('update-ref', '-d', `refs/tags/churn#${stage}#3`)
    const top = await readLog(github, 'churn')
    expect(top.checks(stage)[0]).toMatchObject({ status: 'passed' })
    expect(await witnessCheck(github, top, stage)).toMatchObject({ status: 'failed' })
    expect(await witnessCheck(place.open({ contents: 'write' }), top, stage)).toMatchObject({ status: 'warned' })
    place.git('update-ref', '-d', `refs/tags/churn#${stage}#1`)
    expect((await readLog(github, 'churn')).checks(stage)[0]).toMatchObject({ id: 'registry.chain', status: 'failed' })
  })

  it('warns of a slot that another tool wrote, and believes it', async () => {
    const env = ['-c', 'user.name=gto', '-c', 'user.email=g@t.o']
    place.git(...env, 'tag', '-a', '-m', 'Assigning stage', 'churn#foreign#4', 'churn@v1.1.0^{commit}')
    const log = await readLog(place.github, 'churn')
    expect(log.holder('foreign')).toMatchObject({ n: 4, version: 'v1.1.0', event: null })
    expect(log.checks('foreign').map((c) => c.status)).toEqual(['passed', 'warned'])
    expect(await promote('churn', 'v1.2.0', { stage: 'foreign', expect: 4 })).toMatchObject({ kind: 'moved', slot: 5 })
    expect(readSlotEvent('Assigning stage')).toBeNull()
  })
})

describe('download', () => {
  it('gives the bytes that were registered, and nothing else', async () => {
    const { github } = place
    await register(github, await place.registration('eta', runId(50)))
    const version = await openVersion(github, await listLog(github, 'eta'), 'v1.0.0')
    const folder = join(place.directory, 'downloads')
    const [path] = await download(github, version, folder, ['model.onnx'])
    expect(await readFile(path!, 'utf8')).toBe(`model of ${runId(50)}`)
    const wrong = { ...version, digests: { ...version.digests, 'run.json': 'e'.repeat(64) } }
    await expect(download(github, wrong, folder, ['run.json'])).rejects.toMatchObject({ code: 'DIGEST_DIFFERS' })
    await expect(readFile(join(folder, 'run.json'))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(download(github, version, folder, ['x.bin'])).rejects.toMatchObject({ code: 'ASSET_MISSING' })
    expect((await versionChecks(github, wrong))[1]).toMatchObject({
      status: 'failed',
      observed: 'run.json has other bytes',
    })
  })

  it('names the nearest version where there is none', async () => {
    const log = await listLog(place.github, 'eta')
    await expect(openVersion(place.github, log, 'v1.0.1')).rejects.toMatchObject({
      code: 'VERSION_MISSING',
      help: expect.stringContaining('v1.0.0'),
    })
    expect(place.local.requests.some((r) => r.path.includes(repository))).toBe(true)
  })
})
