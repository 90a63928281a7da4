// A model in production is watched and served from the registry; a figure that is missing or no number never passes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Churn, checkOf, compare, gate, registry, told, train, use, validate, verdictOf } from './churn.ts'

let churn: Churn
beforeAll(async () => {
  churn = await Churn.open()
  await churn.run([validate(), train(), gate(), compare(), registry('register'), registry('promote')])
})
afterAll(() => churn?.close())

describe('drift against what production was trained on', () => {
  const month = (current: string, id: string) =>
    use('drift-check', { reference: 'churn#production', current, 'on-drift': 'issue' }, id)

  it('an ordinary month keeps the model, a campaign asks for another', async () => {
    const steps = [month('data/churn-current-drifted.csv', 'campaign'), month('data/churn-current.csv', 'ordinary')]
    const job = await churn.run([steps[0]!], { on: 'schedule' })
    const campaign = job.of('campaign')
    expect(campaign.outputs).toMatchObject({ verdict: 'failed', drift: 'significant', decision: 'retrain' })
    expect(JSON.parse(campaign.outputs['drifted-columns']!)).toEqual(
      expect.arrayContaining(['tenure', 'total_charges']),
    )
    expect(checkOf(campaign, 'drift.tenure').evidence).toMatchObject({ n_reference: 1200, n_current: 600 })
    const issues = () => churn.api('GET', 'issues?state=open') as Promise<{ title: string; pull_request?: object }[]>
    expect(await issues()).toHaveLength(1)

    const next = await churn.run([steps[1]!], { on: 'schedule' })
    expect(next.of('ordinary').outputs).toMatchObject({
      verdict: 'passed',
      drift: 'none',
      'drift-detected': 'false',
      decision: 'keep',
      'drifted-columns': '[]',
    })
    expect(await issues()).toHaveLength(0)
    // Each check is remembered as a run of its own.
    const runs = churn.git('for-each-ref', '--format=%(refname)', 'refs/mlops/runs').split('\n')
    const kinds = runs.map((ref) => (JSON.parse(churn.git('show', `${ref}:run.json`)) as { kind: string }).kind)
    expect(kinds.filter((kind) => kind === 'monitor')).toHaveLength(2)
  })
})

describe('serving', () => {
  it('builds from the registry and answers the golden rows as they were registered', async () => {
    const job = await churn.run([
      use('build-serving-image', { model: 'churn#production', image: 'ghcr.io/acme/churn' }),
    ])
    const one = job.of('build-serving-image')
    expect(one.outputs, told(one)).toMatchObject({ verdict: 'passed', image: 'ghcr.io/acme/churn:v1.0.0', digest: '' })
    expect(verdictOf(one).checks.map((c) => c.status)).not.toContain('skipped')
    expect(verdictOf(one).checks.some((c) => /smoke|serv|answer/i.test(`${c.id} ${c.title}`))).toBe(true)
    expect(readFileSync(join(one.outputs.context!, 'Dockerfile'), 'utf8')).toMatch(
      /^ARG BASE_IMAGE=node:24-slim\nFROM \$\{BASE_IMAGE\}/m,
    )
    expect(readFileSync(one.outputs.manifests!, 'utf8')).toContain('image: ghcr.io/acme/churn:v1.0.0')
    expect(Number(one.outputs['image-size'])).toBeGreaterThan(1_000_000)
  })
})

describe.concurrent('a gate fails closed', () => {
  const judged = async (metrics: string) => {
    const steps = [use('metrics-gate', { metrics: 'm.json', 'fail-on': 'never' })]
    const job = await churn.run(steps, { files: { 'm.json': metrics } })
    return job.of('metrics-gate')
  }

  it('on a metric that is missing', async () => {
    const one = await judged('{ "roc_auc": 0.9 }')
    expect(one.outputs).toMatchObject({ verdict: 'failed', passed: 'false' })
    expect(JSON.parse(one.outputs['failed-checks']!)).toEqual([expect.stringContaining('log_loss')])
  })

  it.each([
    ['NaN', 'NaN'],
    ['null', 'null'],
    ['a text', '"0.99"'],
    ['infinite', '1e999'],
    ['minus infinity', '-Infinity'],
    ['a list', '[0.99]'],
    ['named twice', '0.99, "auc": 0.1'],
  ])('on a metric that is %s', async (_, value) => {
    const one = await judged(`{ "roc_auc": ${value}, "log_loss": 0.4 }`)
    expect(one.outputs.passed, told(one)).toBe('false')
    expect(['failed', 'error']).toContain(one.outputs.verdict)
    expect(one.annotations.map((a) => `${a.title} ${a.message}`).join()).toMatch(/roc_auc/)
    expect(readFileSync(one.outputs['report-json']!, 'utf8')).not.toMatch(/: (NaN|Infinity)/)
  })

  it('on the run’s own metrics, where they are not what the rules ask for', async () => {
    const job = await churn.run([train(), use('metrics-gate')])
    expect(job.of('metrics-gate').outputs).toMatchObject({ verdict: 'failed', passed: 'false' })
    const failed = JSON.parse(job.of('metrics-gate').outputs['failed-checks']!) as string[]
    expect(failed).toHaveLength(2)
  })

  it('on data without rows', async () => {
    const header = `${readFileSync(join(churn.checkout().workspace, 'data/holdout.csv'), 'utf8').split('\n')[0]}\n`
    const job = await churn.run([train(), gate({ data: 'none.csv' }), validate({ data: 'none.csv' })], {
      files: { 'none.csv': header },
    })
    expect(job.of('metrics-gate').outputs.passed, told(job.of('metrics-gate'))).toBe('false')
    expect(job.of('data-validate').outputs.verdict).toBe('failed')
  })
})

describe('files of a run that lie in RUNNER_TEMP', () => {
  it('are kept inside the run’s own folder', async () => {
    const place = churn.checkout()
    const job = await churn.run(
      [
        train({
          command: 'cp params.json "$RUNNER_TEMP/extra.json"; node train.mjs',
          artifacts: join(place.temp, 'extra.json'),
        }),
      ],
      { place },
    )
    const one = job.of('train-track')
    expect(one.outputs.verdict, told(one)).toBe('passed')
    const run = JSON.parse(readFileSync(one.outputs['run-file']!, 'utf8')) as { artifacts: { path: string }[] }
    expect(run.artifacts.map((a) => a.path).filter((path) => path.startsWith('..'))).toEqual([])
  })
})
