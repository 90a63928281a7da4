import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { openGitHub } from './index.ts'

let server: Server | undefined
afterEach(() => server?.close())

/** A GitHub that knows these answers, by path; everything else is a 404. */
async function answering(answers: Record<string, object>, status = 404) {
  server = createServer((request, response) => {
    const found = answers[new URL(request.url!, 'http://x').pathname.replace('/repos/acme/churn', '')]
    response.writeHead(found === undefined ? status : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ?? { message: 'no' }))
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return openGitHub({ apiUrl, serverUrl: 'https://github.com', repository: 'acme/churn', token: 't' }).rulesets
}

it('gives the rulesets on tags with their patterns and rules', async () => {
  const tags = { id: 7, name: 'tags', target: 'tag', enforcement: 'active' }
  const rulesets = await answering({
    '/rulesets': [tags, { id: 8, name: 'main', target: 'branch', enforcement: 'active' }],
    '/rulesets/7': {
      ...tags,
      conditions: { ref_name: { include: ['refs/tags/*@v*'], exclude: [] } },
      rules: [{ type: 'deletion' }, { type: 'update' }],
    },
  })
  expect(await rulesets.ofTags()).toEqual([
    { name: 'tags', active: true, include: ['refs/tags/*@v*'], exclude: [], rules: ['deletion', 'update'] },
  ])
})

it.each([403, 404])('does not know them where GitHub answers %i', async (status) => {
  expect(await (await answering({}, status)).ofTags()).toBe('unknown')
})
