// GitHub Enterprise Server: another address, and no artifacts. Everything else goes its way.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Churn, compare, gate, registry, told, train, use, validate } from './churn.ts'

const server = 'https://github.acme.example'
let churn: Churn
beforeAll(async () => {
  churn = await Churn.open()
})
afterAll(() => churn?.close())

it('trains, gates, registers and promotes; runs and reports stay files, and the reports say so', async () => {
  const here = churn.github.environment(churn.name)
  const env = {
    GITHUB_SERVER_URL: server,
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_2: here.GIT_CONFIG_KEY_0!,
    GIT_CONFIG_VALUE_2: `${server}/${churn.name}`,
  }
  const steps = [validate(), train(), gate(), compare(), registry('register'), registry('promote'), use('pr-report')]
  const job = await churn.run(steps, { env })
  expect(job.conclusion, job.steps.map(told).join('\n')).toBe('success')
  const trained = job.of('train-track')
  expect(trained.outputs).toMatchObject({ passed: 'true', 'artifact-id': '', 'artifact-name': '' })
  for (const step of [trained, job.of('pr-report')]) {
    expect(step.annotations.some(({ message }) => message.includes(`${server} is a GitHub Enterprise Server`))).toBe(
      true,
    )
    expect(step.summary).toContain('GitHub Enterprise Server')
  }
  expect(JSON.parse(readFileSync(trained.outputs['run-file']!, 'utf8')).status).toBe('finished')
  expect(churn.refs()).toContain(`refs/mlops/runs/${trained.outputs['run-id']} `)
  expect(job.of('promote').outputs).toMatchObject({ promoted: 'true', version: 'v1.0.0' })
})
