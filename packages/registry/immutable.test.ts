import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '@mlops-actions/verdict'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgeArchive } from './archive.ts'
import { diagnose, readFacts } from './doctor.ts'
import { download } from './download.ts'
import { move } from './executor.ts'
import { readLog } from './log.ts'
import { register } from './register.ts'
import { openPlace, type Place, repository, runId } from './registry.fixture.ts'
import { openVersion, versionChecks } from './version.ts'
import { writeWitness } from './witness.ts'

describe.each([false, true])('the registry, releases immutable: %s', (immutableReleases) => {
  let place: Place
  let runs = 0
  beforeAll(async () => {
    place = await openPlace({ immutableReleases })
  })
  afterAll(() => place.close())

  const registered = async (model: string, more = {}) =>
    register(place.github, await place.registration(model, runId(++runs), more))

  async function changed(what: Parameters<Place['request']>[1]) {
    const request = place.request('churn', {
      ...what,
      judge: async (version, log) => ({
        checks: what.do === 'archive' ? judgeArchive(log, version.version) : await versionChecks(place.github, version),
        evidence: [],
      }),
    })
    const { outcome } = await move(place.github, request)
    if (outcome.kind !== 'moved') throw new Error(JSON.stringify(outcome))
    const { slot, object, version } = outcome
    const of = { model: 'churn', stage: request.stage, slot, object, version, tag: `churn@${version}` }
    if (what.do !== 'archive') await writeWitness(place.github, { ...of, releaseUrl: null, runUrl: null })
    return version
  }

  it('registers, promotes, rolls back, archives, downloads, and is found whole', async () => {
    for (const version of ['v1.0.0', 'v1.1.0']) {
      const { version: made, created } = await registered('churn')
      expect([made.version, created]).toEqual([version, true])
      expect(made.release).toMatchObject({ immutable: immutableReleases })
      expect(await changed({ do: 'promote', version })).toBe(version)
    }
    expect(await changed({ do: 'rollback' })).toBe('v1.0.0')
    expect(await changed({ do: 'archive', version: 'v1.1.0', stage: 'archived' })).toBe('v1.1.0')
    const opened = await openVersion(place.github, await readLog(place.github, 'churn'), 'v1.0.0')
    const paths = await download(place.github, opened, await mkdtemp(join(place.directory, 'files-')), ['model.onnx'])
    expect(await readFile(paths[0]!, 'utf8')).toBe(`model of ${runId(1)}`)

    const checks = diagnose(await readFacts(place.github, { model: undefined, stages: ['production'] }))
    expect(checks.filter((c) => c.status !== 'passed').map((c) => c.id)).toEqual(['registry.ruleset'])
    const hint = checks.find((c) => c.id === 'registry.immutable')!
    expect(hint.evidence).toEqual({ immutable: immutableReleases, tag: 'churn@v1.1.0' })
    expect(hint.detail === undefined).toBe(immutableReleases)
  })

  it('finishes what a crash at any call left', async () => {
    const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']
    const { faults, requests } = place.local
    const from = requests.length
    await registered('counted')
    const calls = requests.slice(from).map((r) => r.method)
    expect(calls.length).toBeGreaterThan(20)
    for (const [i, method] of calls.entries()) {
      for (const effect of method === 'GET' ? (['none'] as const) : (['none', 'applied'] as const)) {
        const model = `crash-${i + 1}-${effect}`
        const of = await place.registration(model, runId(++runs))
        // Nothing gets through any more: to the process it is as if it had died there.
        const strike = () => faults.order({ nth: 1, methods, answer: 401, effect: 'none' })
        faults.order({ nth: i + 1, methods, answer: 'drop', effect, strike })
        await expect(register(place.open(), of), model).rejects.toBeInstanceOf(UserError)
        faults.clear()
        const { version, checks } = await register(place.open(), of)
        expect([version.version, ...checks.map((c) => c.status)], model).toEqual(['v1.0.0', 'passed', 'passed'])
        expect(version.release, model).toMatchObject({ draft: false, immutable: immutableReleases })
        expect((await readLog(place.github, model)).versions, model).toHaveLength(1)
      }
    }
  }, 240_000)
})

describe('a version whose immutable release was deleted', () => {
  it('is lost, and its number too: both are said', async () => {
    const place = await openPlace({ immutableReleases: true })
    const api = (method: string, path: string) =>
      fetch(`${place.local.apiUrl}/repos/${repository}/${path}`, {
        method,
        headers: { authorization: `Bearer ${place.local.token({ repository })}` },
      })
    const of = (n: number, more = {}) => place.registration('churn', runId(n), more)
    await register(place.github, await of(1))
    const { version } = await register(place.github, await of(2))
    if (version.release === 'absent') throw new Error('not published')
    expect((await api('DELETE', `releases/${version.release.id}`)).status).toBe(204)
    await expect(register(place.github, await of(2))).rejects.toMatchObject({ code: 'VERSION_SPENT' })
    expect((await api('DELETE', `git/refs/tags/${version.tag}`)).status).toBe(204)
    await expect(register(place.github, await of(2))).rejects.toMatchObject({
      code: 'TAG_RESTRICTED',
      message: expect.stringContaining('churn@v1.1.0'),
    })
    const next = await register(place.github, await of(2, { version: 'v1.2.0' }))
    expect(next.version.release).toMatchObject({ tag: 'churn@v1.2.0', immutable: true })
    expect((await register(place.github, await of(3))).version.version).toBe('v1.3.0')
    await place.close()
  })
})
