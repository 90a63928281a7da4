import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleFromJSON, isBundleWithDsseEnvelope, type SerializedBundle } from '@sigstore/bundle'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  closeRepository,
  github,
  job,
  openRepository,
  type Place,
  reportOf,
  repository,
  step,
  trained,
} from './register-promote.fixture.ts'

const workflow = `https://github.com/${repository}/.github/workflows/ci.yml@refs/heads/main`
const issuer = 'https://token.actions.githubusercontent.com'
const modelSigning = 'https://model_signing/signature/v1.0'
const provenance = 'https://slsa.dev/provenance/v1'
const register = { operation: 'register', attest: 'true' }

/** A job that may ask for an OIDC token, in front of a Sigstore of its own; `trust` is the file that says whom to trust. */
function signing(place: Place, more: Record<string, string> = {}) {
  const trust = join(place.temp, 'trusted-root.json')
  const preload = new URL('./sigstore.fixture.ts', import.meta.url).href
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.actions.test/token?api-version=2',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of this job',
    NODE_OPTIONS: `--import=${preload}`,
    SIGSTORE_MOCK: trust,
    ...more,
  }
  return { trust, env }
}

interface Statement {
  predicateType: string
  subject: { name: string; digest: { sha256: string } }[]
  predicate: Record<string, unknown>
}

/** The statements on GitHub about a digest, each verified against a trusted root as one of this workflow. */
async function verified(sha256: string, trust: string, witness: 'tlog' | 'timestamp'): Promise<Statement[]> {
  const answer = await fetch(`${github.apiUrl}/repos/${repository}/attestations/sha256:${sha256}`, {
    headers: { authorization: `Bearer ${github.token({ repository })}` },
  })
  if (answer.status === 404) return []
  const { attestations } = (await answer.json()) as { attestations: { bundle: SerializedBundle }[] }
  const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(await readFile(trust, 'utf8'))))
  const verifier = new Verifier(material, {
    ctlogThreshold: 1,
    tlogThreshold: witness === 'tlog' ? 1 : 0,
    timestampThreshold: 1,
  })
  return attestations.map(({ bundle: json }) => {
    const bundle = bundleFromJSON(json)
    verifier.verify(toSignedEntity(bundle), { subjectAlternativeName: workflow, extensions: { issuer } })
    if (!isBundleWithDsseEnvelope(bundle)) throw new Error('no envelope')
    expect(bundle.content.dsseEnvelope.payloadType).toBe('application/vnd.in-toto+json')
    return JSON.parse(bundle.content.dsseEnvelope.payload.toString()) as Statement
  })
}

const attestationsOf = async (of: object) =>
  (await reportOf(of)).checks.filter((c) => c.id.startsWith('registry.attestation.'))

/** The writes to the API so far. */
const writes = () => github.requests.filter((r) => r.method !== 'GET').length
const posted = () => github.requests.filter((r) => r.method === 'POST' && r.path.endsWith('/attestations')).length

interface Registered {
  'release-url': string
  'report-markdown': string
  manifest: string
}

describe('attest in a public repository', () => {
  beforeAll(() => openRepository())
  afterAll(closeRepository)

  it('signs provenance and model files with the identity of the workflow, and stores both once', async () => {
    const place = await trained('model.onnx', () => [])
    const { trust, env } = signing(place)
    const dry = await step(place, { ...register, 'dry-run': 'true' }, 'grace', undefined, { env })
    expect(dry).toMatchObject({ code: 0, version: 'v1.0.0' })
    expect(writes()).toBe(0)

    const done = await step(place, register, 'grace', undefined, { env })
    expect(done, done.stdout).toMatchObject({ code: 0, version: 'v1.0.0', verdict: 'warned' })
    const checks = await attestationsOf(done)
    expect(checks.map((c) => [c.id, c.status, c.observed])).toEqual([
      ['registry.attestation.provenance', 'passed', 'signed and stored'],
      ['registry.attestation.model-signing', 'passed', 'signed and stored'],
    ])
    const markdown = await readFile((done as unknown as Registered)['report-markdown'], 'utf8')
    expect(markdown).toMatch(new RegExp(`https://github.com/${repository}/attestations/\\d+`))

    const { files } = JSON.parse(await readFile((done as unknown as Registered).manifest, 'utf8')) as {
      files: { path: string; sha256: string }[]
    }
    const [ofModel] = await verified(files[0]!.sha256, trust, 'tlog')
    expect(ofModel).toMatchObject({
      predicateType: provenance,
      subject: [
        { name: 'model.onnx', digest: { sha256: files[0]!.sha256 } },
        { name: 'manifest.json', digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      ],
      predicate: { runDetails: { builder: { id: workflow } } },
    })
    const root = (checks[1]!.evidence.subjects as string[])[0]!
    expect(await verified(root, trust, 'tlog')).toMatchObject([
      {
        predicateType: modelSigning,
        subject: [{ name: 'churn', digest: { sha256: root } }],
        predicate: { resources: [{ name: 'model.onnx', algorithm: 'sha256', digest: files[0]!.sha256 }] },
      },
    ])

    const before = posted()
    const again = await step(place, register, 'grace', undefined, { env })
    expect(again).toMatchObject({ code: 0, version: 'v1.0.0' })
    expect((await attestationsOf(again)).map((c) => [c.status, c.observed])).toEqual([
      ['passed', 'attested before'],
      ['passed', 'attested before'],
    ])
    expect(posted()).toBe(before)

    // The same bytes from another run: another provenance, the same signature.
    const second = await trained('model.onnx', () => [])
    const same = signing(second)
    const next = await step(second, register, 'grace', undefined, { env: same.env })
    expect((await attestationsOf(next)).map((c) => c.observed)).toEqual(['signed and stored', 'attested before'])
    await expect(verified(files[0]!.sha256, same.trust, 'tlog')).rejects.toThrow(/certificate/)
  })

  it('finds what an unclear answer left, and sends again what it did not', async () => {
    for (const effect of ['applied', 'none'] as const) {
      const place = await trained(`${effect}.pkl`, () => [])
      const { trust, env } = signing(place)
      github.faults.order({ nth: 1, answer: 502, effect, path: /attestations$/ })
      const done = await step(place, { ...register, model: effect }, 'grace', undefined, { env })
      const checks = await attestationsOf(done)
      expect(checks.map((c) => c.status)).toEqual(['passed', 'passed'])
      for (const { evidence } of checks)
        expect(await verified((evidence.subjects as string[])[0]!, trust, 'tlog')).toHaveLength(1)
    }
  })

  it('fails, and leaves the version, where nobody signs; the next attempt makes up for it', async () => {
    const place = await trained('late.pkl', () => [])
    const input = { ...register, model: 'late' }
    const down = await step(place, input, 'grace', undefined, signing(place, { SIGSTORE_DOWN: 'yes' }))
    expect(down).toMatchObject({ code: 1, verdict: 'failed', version: 'v1.0.0', tag: 'late@v1.0.0' })
    expect((down as unknown as Registered)['release-url']).toContain('late')
    const checks = await attestationsOf(down)
    expect(checks.map((c) => c.status)).toEqual(['failed', 'failed'])
    expect(checks[0]!.observed).toMatch(/^not attested: .*certificate/)
    expect(checks[0]!.detail).toContain('register the same run again')
    const later = await step(place, input, 'grace', undefined, signing(place))
    expect(later).toMatchObject({ code: 0, version: 'v1.0.0', tag: 'late@v1.0.0' })
    expect((await attestationsOf(later)).map((c) => c.observed)).toEqual(['signed and stored', 'signed and stored'])
  })

  it('says which permission is missing where GitHub refuses the attestation', async () => {
    const place = await trained('bare.pkl', () => [])
    const options = { ...signing(place), permissions: { contents: 'write', attestations: 'read' } as const }
    const refused = await step(place, { ...register, model: 'bare' }, 'grace', undefined, options)
    expect(refused).toMatchObject({ code: 1, verdict: 'failed', version: 'v1.0.0' })
    expect((await attestationsOf(refused))[0]!.detail).toContain('  attestations: write #')
  })

  it('is refused before anything is written: on an Enterprise Server, without an OIDC token, for other operations', async () => {
    const place = await trained('never.pkl', () => [])
    const { env } = signing(place)
    const before = writes()
    const refused = async (inputs: Record<string, string>, env: Record<string, string>) => {
      const result = await step(place, inputs, 'grace', undefined, { env })
      expect(result).toMatchObject({ code: 2, verdict: 'error', version: '' })
      return (await reportOf(result)) as unknown as { code: string; message: string; help: string }
    }
    const server = await refused(register, { ...env, GITHUB_SERVER_URL: 'https://git.example.com' })
    expect(server.code).toBe('ATTEST_UNAVAILABLE')
    expect(server.message).toContain('https://git.example.com is a GitHub Enterprise Server')
    for (const serverUrl of ['https://github.com.evil.test', 'https://a.b.ghe.com', 'http://github.com'])
      expect((await refused(register, { ...env, GITHUB_SERVER_URL: serverUrl })).code).toBe('ATTEST_UNAVAILABLE')
    const bare = await refused(register, {})
    expect(bare.code).toBe('ATTEST_PERMISSION')
    expect(bare.help).toMatch(
      /permissions:\n {2}contents: write #.*\n {2}id-token: write #.*\n {2}attestations: write #/,
    )
    expect((await refused({ operation: 'show', attest: 'true' }, env)).code).toBe('INPUT_COMBINATION')
    expect(writes()).toBe(before)
  })
})

describe('attest in a private repository', () => {
  it('signs with the instance of GitHub, without a public log, where the plan has attestations', async () => {
    await openRepository({ private: true, enterprise: true })
    try {
      const place = await trained('model.onnx', () => [])
      const { trust, env } = signing(place, { SIGSTORE_INSTANCE: 'github' })
      const done = await step(place, register, 'grace', undefined, { env })
      expect(done, done.stdout).toMatchObject({ code: 0, version: 'v1.0.0' })
      for (const { evidence, status } of await attestationsOf(done)) {
        expect(status).toBe('passed')
        expect(await verified((evidence.subjects as string[])[0]!, trust, 'timestamp')).toHaveLength(1)
      }
    } finally {
      await closeRepository()
    }
  })

  it('fails, names the plans, and leaves the version where the plan has none', async () => {
    await openRepository({ private: true })
    try {
      const place = await trained('model.onnx', () => [])
      const options = signing(place, { SIGSTORE_INSTANCE: 'github' })
      const refused = await step(place, register, 'grace', undefined, options)
      expect(refused).toMatchObject({ code: 1, verdict: 'failed', version: 'v1.0.0' })
      const checks = await attestationsOf(refused)
      expect(checks.map((c) => c.status)).toEqual(['failed', 'failed'])
      expect(checks[0]!.observed).toContain('Feature not available for user-owned private repositories')
      expect(checks[0]!.detail).toContain('GitHub Enterprise Cloud')
      expect(await step(await job(), { operation: 'show' })).toMatchObject({ code: 0 })
    } finally {
      await closeRepository()
    }
  })
})
