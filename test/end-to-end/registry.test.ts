// What is in production changes only as its log says: fenced, one at a time, reversible, and by bytes that were judged.
import { createHash } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Churn, checkOf, compare, gate, type Job, paramsOf, registry, told, train, use, validate } from './churn.ts'

const pipeline = [validate(), train(), gate(), compare(), registry('register')]
const promote = (version: string, more: Record<string, string> = {}) => registry('promote', { version, ...more })
const dispatch = { on: 'workflow_dispatch' } as const
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('from the first version on', () => {
  let churn: Churn
  let first: Job
  let winner: string
  let second: Job
  let describedBefore: string

  beforeAll(async () => {
    churn = await Churn.open()
    churn.git('tag', '-a', '-m', 'The application', 'app-1.0', 'main')
    await churn.push({ 'README.md': 'one more commit' })
    describedBefore = churn.git('describe', '--tags', '--always', 'main')
    first = await churn.run(pipeline)
  })
  afterAll(() => churn?.close())

  it('a first model is warned that there is nothing to compare with', () => {
    const one = first.of('compare-with-production')
    expect(one.outputs).toMatchObject({ verdict: 'warned', decision: 'no-production', 'production-slot': 'none' })
    expect(first.of('register').outputs).toMatchObject({ version: 'v1.0.0', tag: 'churn@v1.0.0', promoted: 'false' })
  })

  it('registering the same run again gives the same version', async () => {
    const before = churn.refs()
    const again = await churn.run([registry('register'), registry('register', {}, 'once-more')], { place: first.place })
    for (const step of again.steps) expect(step.outputs).toMatchObject({ verdict: 'passed', version: 'v1.0.0' })
    expect(churn.refs()).toBe(before)
    expect(await churn.api('GET', 'releases')).toHaveLength(1)
  })

  it('a dry run judges and writes nothing', async () => {
    const before = churn.refs()
    const job = await churn.run([promote('v1.0.0', { 'dry-run': 'true' })], dispatch)
    expect(job.of('promote').outputs).toMatchObject({ verdict: 'passed', promoted: 'false', slot: 'none' })
    expect(churn.refs()).toBe(before)
  })

  it('of two promoters that expect the same, one wins', async () => {
    const again = await churn.run(pipeline)
    expect(again.of('register').outputs.version).toBe('v1.1.0')
    const both = await Promise.all(
      ['v1.0.0', 'v1.1.0'].map((v) => churn.run([promote(v, { expect: 'none' })], dispatch)),
    )
    const ends = both.map((job) => job.of('promote'))
    expect(ends.map((s) => s.outputs.promoted).sort(), ends.map(told).join()).toEqual(['false', 'true'])
    expect(ends.map((s) => s.exitCode).sort()).toEqual([0, 1])
    const lost = ends.find((s) => s.outputs.promoted === 'false')!
    expect(lost.outputs).toMatchObject({ verdict: 'failed', slot: '1' })
    expect(churn.git('tag', '--list', 'churn#*')).toBe('churn#production#1')
    winner = ends.find((s) => s.outputs.promoted === 'true')!.outputs.version!
    const shown = await churn.run([registry('show')], dispatch)
    expect(shown.of('show').outputs).toMatchObject({ verdict: 'passed', version: winner, slot: '1' })
  })

  it('promoting what holds the stage already is a no-op that says so', async () => {
    const before = churn.refs()
    const job = await churn.run(
      [promote(winner), registry('promote', { version: winner, expect: '99' }, 'stale')],
      dispatch,
    )
    for (const step of job.steps)
      expect(step.outputs, told(step)).toMatchObject({ verdict: 'passed', promoted: 'false', version: winner })
    expect(churn.refs()).toBe(before)
  })

  it('a comparison is a fence: production that moved in between refuses the promotion, naming both', async () => {
    second = await churn.run(pipeline, { files: paramsOf('better') })
    const third = await churn.run(pipeline, { files: paramsOf('better') })
    expect([second, third].map((job) => job.of('compare-with-production').outputs['production-slot'])).toEqual([
      '1',
      '1',
    ])
    // Its signature differs from the first's, for it reads other features.
    expect(second.of('register').outputs.version).toBe('v2.0.0')
    const moved = (await churn.run([promote('v2.0.0')], dispatch)).of('promote')
    expect(moved.outputs, told(moved)).toMatchObject({ promoted: 'true', 'previous-version': winner, slot: '2' })
    const before = churn.refs()
    const late = await churn.run([promote(third.of('register').outputs.version!)], dispatch)
    const refused = late.of('promote')
    expect(refused.outputs).toMatchObject({ verdict: 'failed', promoted: 'false' })
    expect(refused.exitCode).toBe(1)
    const said = refused.annotations.map((a) => `${a.title} ${a.message}`).join(' ')
    expect(said).toContain('slot 1')
    expect(said).toContain('v2.0.0')
    expect(churn.refs()).toBe(before)
  })

  it('a misspelt model does not pass as a first one', async () => {
    const job = await churn.run([compare({ model: 'chrun' })], { place: second.place })
    const one = job.of('compare-with-production')
    expect(one.outputs).toMatchObject({ verdict: 'failed', decision: 'no-production' })
    expect(checkOf(one, 'comparison.production').detail).toContain('Did you mean churn')
  })

  it('a rollback goes back one holder at a time, and not below the first', async () => {
    const back = async () => (await churn.run([registry('rollback', { reason: 'worse' })], dispatch)).of('rollback')
    expect((await back()).outputs).toMatchObject({ verdict: 'passed', version: winner, slot: '3' })
    const shown = await churn.run([registry('show')], dispatch)
    expect(shown.of('show').outputs).toMatchObject({ version: winner, slot: '3', verdict: 'passed' })
    const before = churn.refs()
    const empty = await back()
    expect(empty.outputs).toMatchObject({ verdict: 'failed', promoted: 'false' })
    expect(empty.exitCode).toBe(1)
    expect(churn.refs()).toBe(before)
  })

  it('a version can be named by its stage, its slot and its tag, and be had back byte for byte', async () => {
    const job = await churn.run(
      [
        registry('download', { version: 'churn@v2.0.0', path: 'got', files: 'model.onnx' }),
        registry('show', { version: 'churn#production#1' }),
        registry('show', { at: '2020-01-01' }, 'long-ago'),
      ],
      dispatch,
    )
    const [file] = JSON.parse(job.of('download').outputs.files!) as string[]
    const model = readFileSync(second.of('train-track').outputs['model-file']!)
    expect(sha256(readFileSync(file!))).toBe(sha256(model))
    expect(job.of('show').outputs.version).toBe(winner)
    expect(job.of('long-ago').outputs).toMatchObject({ slot: 'none', version: '' })
  })

  it('the registry leaves the history of the code alone', async () => {
    expect(churn.git('tag', '--list', 'churn@*').split('\n').length).toBeGreaterThan(2)
    expect(churn.git('describe', '--tags', '--always', 'main')).toBe(describedBefore)
    expect(describedBefore).toMatch(/^app-1\.0-1-g/)
    expect(churn.git('fsck', '--strict', '--no-dangling')).toBe('')
    const reachable = churn.git('rev-list', 'main').split('\n')
    for (const tag of churn.git('tag', '--list', 'churn*').split('\n'))
      expect(reachable).not.toContain(churn.git('rev-parse', `${tag}^{commit}`))
  })
})

describe('bytes that were changed', () => {
  let churn: Churn
  let job: Job
  beforeAll(async () => {
    churn = await Churn.open()
    job = await churn.run([...pipeline, registry('promote')])
  })
  afterAll(() => churn?.close())

  it('a model that changed in the workspace after the gate is not what gets registered', async () => {
    const steps = [train(), gate(), { run: 'echo tampered >> model.onnx' }, compare(), registry('register')]
    const changed = await churn.run(steps, { files: paramsOf('better') })
    const tag = changed.of('register').outputs.tag!
    const manifest = JSON.parse(churn.git('show', `${tag}:manifest.json`)) as { files: { sha256: string }[] }
    const kept = readFileSync(changed.of('train-track').outputs['model-file']!)
    expect(kept.includes('tampered')).toBe(false)
    expect(manifest.files[0]!.sha256).toBe(sha256(kept))
  })

  it('nor is one that changed where the job keeps it', async () => {
    const place = churn.copy(job.place)
    const trained = await churn.run([train(), gate()], { place, files: paramsOf('better') })
    appendFileSync(trained.of('train-track').outputs['model-file']!, 'tampered')
    const before = churn.refs()
    const { steps } = await churn.run([registry('register'), compare()], { place })
    for (const step of steps) {
      expect(step.outputs.passed, told(step)).toBe('false')
      expect(step.annotations.map((a) => a.message).join(' ')).toMatch(/sha256 .* not .*changed/)
    }
    expect(churn.refs()).toBe(before)
  })

  it('a second training after the gate takes the gate’s verdict from the model', async () => {
    const steps = [train(), gate(), train({ params: 'more.json' }), registry('register')].map((s, i) => ({
      ...s,
      id: `${i}`,
    }))
    const better = JSON.parse(String(paramsOf('worse')['params.json'])) as object
    const changed = await churn.run(
      [
        steps[0]!,
        steps[1]!,
        { run: `echo '${JSON.stringify(better)}' > params.json; cp params.json more.json` },
        steps[2]!,
        steps[3]!,
      ],
      { files: paramsOf('better') },
    )
    const { version } = changed.of('3').outputs
    const promoted = await churn.run([promote(version!)], dispatch)
    expect(promoted.of('promote').outputs, told(promoted.of('promote'))).toMatchObject({
      verdict: 'failed',
      promoted: 'false',
    })
    expect(checkOf(promoted.of('promote'), 'policy.requires.gate').status).toBe('failed')
  })

  it('a release whose bytes were changed is not handed out, promoted, compared with or served', async () => {
    const model = readFileSync(job.of('train-track').outputs['model-file']!)
    const blobs = join(churn.folder, 'github/blobs')
    const stored = readdirSync(blobs)
      .map((name) => join(blobs, name))
      .find((path) => readFileSync(path).equals(model))!
    const tampered = Buffer.from(model)
    tampered[tampered.length - 1]! ^= 1
    writeFileSync(stored, tampered)
    const { steps } = await churn.run(
      [
        registry('download', { path: 'got' }),
        compare({ candidate: 'churn@v1.0.0' }),
        use('build-serving-image', { model: 'churn#production' }),
      ],
      dispatch,
    )
    for (const step of steps) {
      expect(step.outputs.passed, told(step)).toBe('false')
      expect(step.annotations.map((a) => `${a.title} ${a.message}`).join(' ')).toMatch(/model\.onnx/)
    }
    expect(JSON.parse(steps[0]!.outputs.files!)).toEqual([])
  })
})
