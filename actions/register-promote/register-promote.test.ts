import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataset } from '@mlops-actions/files'
import { parseGolden } from '@mlops-actions/onnx'
import { profileTable, serialiseProfile } from '@mlops-actions/profile'
import { Job } from '@mlops-actions/runs'
import { readTable } from '@mlops-actions/table'
import { check, verdict } from '@mlops-actions/verdict'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  closeRepository,
  gate,
  job,
  onnx,
  openRepository,
  type Place,
  project,
  reportOf,
  step,
  trained,
} from './register-promote.fixture.ts'

beforeAll(() => openRepository())
afterAll(closeRepository)

describe('register-promote', () => {
  it('registers, promotes, refuses a fence that moved, and rolls back', async () => {
    const first = await trained('model.onnx', (sha256) => [gate(sha256), gate('f'.repeat(64))])
    const planned = await step(first, { operation: 'register', 'dry-run': 'true' })
    expect(planned).toMatchObject({ code: 0, version: 'v1.0.0', promoted: 'false' })
    const registered = await step(first, { operation: 'register' })
    expect(registered).toMatchObject({ code: 0, verdict: 'warned', version: 'v1.0.0', tag: 'churn@v1.0.0' })
    expect(registered).toMatchObject({ 'release-url': expect.stringContaining('churn') })
    const manifest = JSON.parse(await readFile((registered as unknown as { manifest: string }).manifest, 'utf8'))
    expect(manifest).toMatchObject({ model: 'churn', format: 'onnx', files: [{ path: 'model.onnx' }] })
    expect((await reportOf(registered)).checks.map((c) => c.id)).toContain('registry.evidence')

    // The version that this job registered needs no name.
    const promoted = await step(first, { operation: 'promote', expect: 'none', reason: 'first one' })
    expect(promoted).toMatchObject({
      code: 0,
      version: 'v1.0.0',
      slot: '1',
      promoted: 'true',
      'previous-version': 'none',
    })

    const second = await trained('model.pkl', (sha256) => [gate(sha256)])
    expect(await step(second, { operation: 'register' })).toMatchObject({
      code: 0,
      version: 'v2.0.0',
      verdict: 'warned',
    })
    const place = await job()
    const lost = await step(place, { operation: 'promote', version: 'v2.0.0', expect: 'none' })
    expect(lost).toMatchObject({ code: 1, verdict: 'failed', promoted: 'false', slot: '1' })
    const won = await step(place, { operation: 'promote', version: 'churn@v2.0.0', expect: '1' })
    expect(won).toMatchObject({ code: 0, promoted: 'true', slot: '2', 'previous-version': 'v1.0.0' })
    const again = await step(place, { operation: 'promote', version: 'v2.0.0', expect: '1' })
    expect(again).toMatchObject({ code: 0, promoted: 'false', slot: '2', 'previous-version': 'v1.0.0' })

    const back = await step(place, { operation: 'rollback', reason: 'complaints' })
    expect(back).toMatchObject({
      code: 0,
      version: 'v1.0.0',
      slot: '3',
      promoted: 'true',
      'previous-version': 'v2.0.0',
    })
    const shown = await step(place, { operation: 'show' })
    expect(shown).toMatchObject({
      code: 0,
      verdict: 'passed',
      version: 'v1.0.0',
      slot: '3',
      'previous-version': 'v2.0.0',
    })
    const files = await step(place, { operation: 'download', files: 'model.onnx' })
    expect(files).toMatchObject({ code: 0, verdict: 'passed', version: 'v1.0.0', slot: '3' })
    const [path] = JSON.parse((files as unknown as { files: string }).files) as string[]
    expect(await readFile(path!)).toEqual(await readFile(onnx))
  })

  it('keeps the profile of the training data, and what the model answers to rows drawn from it', async () => {
    const rows = fileURLToPath(new URL('../../packages/onnx/fixtures/churn-rows.csv', import.meta.url))
    const data = await dataset([rows], { workspace: join(rows, '..') })
    const place = await trained('model.onnx', () => [], [{ name: 'train', fingerprint: data.fingerprint, files: [] }])
    const hand = new Job(place.temp)
    const validated = await hand.step('data-validate')
    const profile = await profileTable(await readTable(data.sources))
    await writeFile(join(validated, 'profile.json'), serialiseProfile(profile, {}))
    const held = check(true, { id: 'rows', title: '', subject: '', observed: '', expected: '' })
    const verdictFile = join(validated, 'validation.json')
    await writeFile(verdictFile, JSON.stringify(verdict('validation', { data: data.fingerprint }, [held])))
    await hand.conclude(validated, 'report', verdictFile)
    await writeFile(join(place.workspace, 'mlops.yaml'), `model: drawn\nonnxruntime_path: ${JSON.stringify(project)}\n`)
    expect(await step(place, { operation: 'register' })).toMatchObject({ code: 0, verdict: 'passed' })
    const folder = join(place.workspace, 'got')
    await step(place, { operation: 'download', version: 'drawn@v1.0.0', path: 'got' })
    const golden = parseGolden(await readFile(join(folder, 'golden.json'), 'utf8'), 'golden.json')
    expect(golden.outputs.every((o) => o.shape[0] === 16)).toBe(true)
    expect(await readFile(join(folder, 'reference.profile.json'), 'utf8')).toContain('mlops-actions/profile@1')
    expect(await readFile(join(folder, 'evidence.json'), 'utf8')).toContain('"kind": "validation"')
  })

  it('holds a promotion to the policy of the default branch', async () => {
    const failing = await trained('other.pkl', (sha256) => [gate(sha256, false)])
    await step(failing, { operation: 'register', model: 'other' })
    const refused = await step(failing, { operation: 'promote', model: 'other' })
    expect(refused).toMatchObject({ code: 1, verdict: 'failed', promoted: 'false', slot: 'none' })
    expect((await reportOf(refused)).checks.filter((c) => c.status === 'failed').map((c) => c.id)).toEqual([
      'policy.requires.gate',
    ])
    const bare = await trained('bare.pkl', () => [])
    await step(bare, { operation: 'register', model: 'bare' })
    const guarded = await step(bare, { operation: 'promote', model: 'bare', stage: 'guarded' }, 'ada')
    expect((await reportOf(guarded)).checks.filter((c) => c.status === 'failed').map((c) => c.id)).toEqual([
      'policy.rules',
      'policy.from',
      'policy.four-eyes',
    ])
  })

  it('asks the default branch for its policy, not what is checked out', async () => {
    const bare = await trained('nowhere.pkl', () => [])
    await step(bare, { operation: 'register', model: 'nowhere' })
    const failed = async (place: Place) => {
      const refused = await step(place, { operation: 'promote', model: 'nowhere', version: 'v1.0.0' })
      expect(refused).toMatchObject({ code: 1, promoted: 'false', slot: 'none' })
      return (await reportOf(refused)).checks.filter((c) => c.status === 'failed').map((c) => c.id)
    }
    const nothing = await job()
    await rm(join(nothing.workspace, 'mlops.yaml'))
    expect(await failed(nothing)).toEqual(['policy.requires.gate', 'policy.rules'])
    const lax = await job()
    await writeFile(join(lax.workspace, 'mlops.yaml'), 'model: nowhere\n')
    expect(await failed(lax)).toEqual(['policy.requires.gate', 'policy.rules'])
    await writeFile(join(lax.workspace, 'lax.yaml'), 'model: nowhere\n')
    const other = await step(lax, { operation: 'promote', version: 'v1.0.0', 'config-file': 'lax.yaml' })
    expect(other).toMatchObject({ code: 2 })
    expect((await reportOf(other)).code).toBe('SETTINGS_UNREADABLE')
  })

  it('takes the fence of a promotion from the comparison that was registered with the version', async () => {
    const comparison = (model: string, slot: number | 'none') =>
      verdict(
        'comparison',
        { model, baseline: { model: 'fenced', stage: 'production', slot, version: 'v1.0.0' } },
        [check(true, { id: 'comparison', title: '', subject: '', observed: '', expected: '' })],
        { at: '2026-03-01T10:00:00Z' },
      )
    for (const slot of ['none', 9] as const) {
      const place = await trained('fenced.pkl', (sha256) => [gate(sha256), comparison(sha256, slot)])
      expect(await step(place, { operation: 'register', model: 'fenced' })).toMatchObject({ code: 0 })
      const promoted = await step(place, { operation: 'promote', model: 'fenced' })
      expect(promoted).toMatchObject(slot === 'none' ? { code: 0, slot: '1' } : { code: 1, slot: '1' })
      if (slot === 9)
        expect((await reportOf(promoted)).checks[0]).toMatchObject({ id: 'registry.expect', expected: 'slot 9' })
    }
  })

  it('archives what holds no stage: a rollback passes over it, who names it is warned', async () => {
    const version = async (name: string) => {
      const place = await trained(name, (sha256) => [gate(sha256)])
      await step(place, { operation: 'register', model: 'shelf' })
      await step(place, { operation: 'promote', model: 'shelf' })
    }
    for (const name of ['one.pkl', 'two.pkl', 'three.pkl']) await version(name)
    const place = await job()
    const archive = (of: string) => step(place, { operation: 'archive', version: `shelf@${of}`, reason: 'biased' })
    const inUse = await archive('v1.2.0')
    expect(inUse).toMatchObject({ code: 1, verdict: 'failed', promoted: 'false' })
    expect((await reportOf(inUse)).checks[0]).toMatchObject({ id: 'registry.in-use', observed: 'it holds production' })
    const done = {
      code: 0,
      verdict: 'passed',
      stage: 'archived',
      slot: '1',
      version: 'v1.1.0',
      'previous-version': 'none',
    }
    expect(await archive('v1.1.0')).toMatchObject({ ...done, promoted: 'true' })
    expect(await archive('v1.1.0')).toMatchObject({ ...done, promoted: 'false' })
    const back = await step(place, { operation: 'rollback', model: 'shelf' })
    expect(back).toMatchObject({ code: 0, version: 'v1.0.0', slot: '4' })
    const all = await step(place, { operation: 'show', model: '*' })
    expect(all, all.stdout).toMatchObject({ code: 0, version: '', slot: '' })
    expect((await reportOf(all)).checks.find((c) => c.subject === 'shelf')).toMatchObject({
      observed: 'production v1.0.0 (slot 4); 3 versions, the highest is v1.2.0',
      evidence: { holders: [{ stage: 'production', slot: 4, version: 'v1.0.0' }] },
    })
    const before = await step(place, { operation: 'show', model: '*', at: '2020-01-01' })
    expect((await reportOf(before)).checks.find((c) => c.subject === 'shelf')!.observed).toContain('production nobody;')
    const named = await step(place, { operation: 'rollback', version: 'shelf@v1.1.0' })
    expect(named).toMatchObject({ code: 0, verdict: 'warned', version: 'v1.1.0', slot: '5' })
    const warned = (await reportOf(named)).checks.filter((c) => c.status === 'warned')
    expect(warned.map((c) => c.observed)).toEqual([expect.stringMatching(/ archived it: biased$/)])
    const reserved = await step(place, { operation: 'promote', version: 'shelf@v1.0.0', stage: 'archived' })
    expect((await reportOf(reserved)).code).toBe('STAGE_RESERVED')
    expect((await reportOf(await step(place, { operation: 'archive', model: 'shelf' }))).code).toBe('VERSION_UNNAMED')
  })

  it('examines all models, or the one that is named, and no workflow that is not there', async () => {
    const place = await job()
    const all = await step(place, { operation: 'doctor' })
    expect(all).toMatchObject({ verdict: expect.stringMatching('passed|warned'), version: '', promoted: 'false' })
    expect((await reportOf(all)).subject.models).toEqual(expect.arrayContaining(['churn', 'other']))
    await mkdir(join(place.workspace, '.github/workflows'), { recursive: true })
    await writeFile(join(place.workspace, '.github/workflows/ci.yml'), 'on: push\njobs: {}\n')
    const one = await step(place, { operation: 'doctor', model: 'churn' })
    expect(await reportOf(one)).toMatchObject({ subject: { models: ['churn'] }, context: { operation: 'doctor' } })
    expect((await reportOf(one)).checks.filter((c) => c.status === 'warned')).toMatchObject([
      { id: 'registry.ruleset', subject: 'tags' },
      { id: 'registry.workflow', subject: '.github/workflows/ci.yml' },
      { id: 'registry.environment', subject: 'reviewed' },
    ])
  })

  it('says clearly what it cannot do', async () => {
    const place = await job()
    const codes = async (inputs: Record<string, string>) => {
      const result = await step(place, inputs)
      expect(result).toMatchObject({ code: 2, verdict: 'error', passed: 'false' })
      return (await reportOf(result)).code
    }
    expect(await codes({ operation: 'doctor', model: 'chrun' })).toBe('MODEL_UNKNOWN')
    expect(await codes({ operation: 'promote', version: 'v9.0.0' })).toBe('VERSION_MISSING')
    expect(await codes({ operation: 'register' })).toBe('RUN_MISSING')
    expect(await codes({ operation: 'download', model: 'nobody' })).toBe('STAGE_EMPTY')
  })
})
