import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  call,
  closeRepository,
  gate,
  github,
  job,
  openRepository,
  reportOf,
  repository,
  step,
  trained,
} from './register-promote.fixture.ts'

beforeAll(async () => {
  await openRepository()
  await call('PUT', '/environments/reviewed', { reviewers: [{ type: 'User', id: 7 }] })
})
afterAll(closeRepository)

describe('a change of a stage', () => {
  it('waits for somebody else’s approval where the policy says so, a rollback too', async () => {
    for (const name of ['careful-1.pkl', 'careful-2.pkl']) {
      const place = await trained(name, (sha256) => [gate(sha256)])
      await step(place, { operation: 'register', model: 'careful' })
    }
    const place = await job()
    const promote = (version: string) => ({ operation: 'promote', model: 'careful', version, stage: 'reviewed' })
    const alone = await step(place, promote('v1.0.0'))
    expect(alone).toMatchObject({ code: 1, verdict: 'failed', promoted: 'false' })
    expect((await reportOf(alone)).checks.filter((c) => c.status === 'failed')).toMatchObject([
      { id: 'policy.approved', observed: 'nobody approved this run for it' },
    ])
    expect(await step(place, promote('v1.0.0'), 'grace', 'grace')).toMatchObject({ code: 1, promoted: 'false' })
    expect(await step(place, promote('v1.0.0'), 'grace', 'ada')).toMatchObject({ code: 0, promoted: 'true', slot: '1' })
    expect(await step(place, promote('v1.1.0'), 'grace', 'ada')).toMatchObject({ code: 0, promoted: 'true', slot: '2' })
    const back = { operation: 'rollback', model: 'careful', stage: 'reviewed' }
    expect(await step(place, back)).toMatchObject({ code: 1, promoted: 'false', slot: '2' })
    expect(await step(place, back, 'grace', 'ada')).toMatchObject({ code: 0, promoted: 'true', version: 'v1.0.0' })
  })

  it('tells workflows and a webhook what moved; one that fails undoes nothing, and its address stays secret', async () => {
    const heard: { body: string; signature: string | undefined }[] = []
    const listener = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        heard.push({ body, signature: request.headers['x-hub-signature-256'] as string | undefined })
        response.writeHead(request.url === '/broken-T0K3N' ? 500 : 200).end()
      })
    })
    await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening))
    const { port } = listener.address() as AddressInfo
    const place = await trained('loud.pkl', (sha256) => [gate(sha256)])
    const registered = await step(place, { operation: 'register', model: 'loud' })
    expect(registered, registered.stdout).toMatchObject({ code: 0 })
    const promote = { operation: 'promote', model: 'loud', stage: 'frozen' }
    const frozen = await step(place, promote)
    expect(frozen, frozen.stdout).toMatchObject({ code: 1, verdict: 'failed', promoted: 'false' })
    expect((await reportOf(await step(place, { ...promote, 'override-freeze': 'true' }))).code).toBe('INPUT_REQUIRED')

    const override = { ...promote, 'override-freeze': 'true', reason: 'leaks <ages> & names' }
    const told = await step(place, {
      ...override,
      'webhook-url': `http://127.0.0.1:${port}/hook`,
      'webhook-secret': 'S3CR3T',
    })
    expect(told).toMatchObject({ code: 0, verdict: 'warned', promoted: 'true', slot: '1' })
    const about = { model: 'loud', stage: 'frozen', version: 'v1.0.0', tag: 'loud@v1.0.0', slot: 1, who: 'grace' }
    expect(github.dispatches(repository)).toMatchObject([{ eventType: 'model-promoted', payload: about }])
    expect(heard).toHaveLength(1)
    const { body, signature } = heard[0]!
    expect(JSON.parse(body)).toMatchObject({
      text: expect.stringContaining('grace promoted loud v1.0.0 to frozen: leaks &lt;ages&gt; &amp; names'),
      event: 'model-promoted',
      ...about,
    })
    expect(signature).toBe(`sha256=${createHmac('sha256', 'S3CR3T').update(body).digest('hex')}`)
    expect(told.stdout.match(/S3CR3T/g)).toEqual(told.stdout.match(/(?<=::add-mask::)S3CR3T/g))

    const next = await trained('louder.pkl', (sha256) => [gate(sha256)])
    await step(next, { operation: 'register', model: 'loud' })
    const broken = await step(next, { ...override, 'webhook-url': `http://127.0.0.1:${port}/broken-T0K3N` })
    expect(broken).toMatchObject({ code: 0, promoted: 'true', slot: '2' })
    expect(broken.annotations.map((one) => one.message).join()).toContain('Could not call the webhook: it answered 500')
    expect(JSON.stringify([broken.annotations, await reportOf(broken)])).not.toContain('T0K3N')
    await new Promise((closed) => listener.close(closed))
    const gone = await step(next, {
      operation: 'rollback',
      model: 'loud',
      stage: 'frozen',
      'webhook-url': `http://127.0.0.1:${port}/gone-T0K3N`,
    })
    expect(gone).toMatchObject({ code: 0, promoted: 'true', slot: '3', version: 'v1.0.0' })
    expect(github.dispatches(repository).map((one) => one.eventType)).toEqual([
      'model-promoted',
      'model-promoted',
      'model-rolled-back',
    ])
    const wrong = await step(next, { ...override, 'webhook-url': 'http://example.org/T0K3N' })
    expect((await reportOf(wrong)).code).toBe('INPUT_INVALID')
    expect(wrong.annotations.map((one) => one.message).join()).not.toContain('T0K3N')
  })
})
