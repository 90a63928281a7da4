import type { Attestation } from '../records.ts'
import { type Call, created, htmlUrl, notFound, ok, Refusal, type Route } from './answer.ts'

interface Bundle {
  verificationMaterial?: { certificate?: { rawBytes?: string } }
  dsseEnvelope?: { payload?: string; payloadType?: string }
}

interface Statement {
  predicateType: string
  subject: { digest: { sha256: string } }[]
}

const decode = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64')

function statementOf({ dsseEnvelope }: Bundle): Statement {
  try {
    if (dsseEnvelope?.payloadType !== 'application/vnd.in-toto+json') throw new Error('it is no statement of in-toto')
    const { predicateType, subject } = JSON.parse(decode(dsseEnvelope.payload).toString()) as Statement
    const digests = subject.map(({ digest }) => /^[0-9a-f]{64}$/.test(digest.sha256))
    if (digests.length === 0 || digests.includes(false)) throw new Error('a subject has no sha256')
    return { predicateType, subject }
  } catch (error) {
    throw new Refusal(422, `Invalid Argument - ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The signer's certificate must have been issued to a workflow of this repository; the signature is not verified here. */
function requireOwnSigner(call: Call, { verificationMaterial }: Bundle): void {
  const certificate = decode(verificationMaterial?.certificate?.rawBytes)
  const own = htmlUrl(call.repository)
  if (!certificate.includes(own)) throw new Refusal(422, `Invalid Argument - values do not match: ${own}`)
}

function create(call: Call) {
  if (call.repository.private && !call.repository.enterprise)
    throw new Refusal(
      403,
      'Feature not available for user-owned private repositories. To enable this feature, please make this repository public.',
    )
  const bundle = call.body.bundle
  if (typeof bundle !== 'object' || bundle === null)
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/bundle', it is not an object.")
  const { predicateType, subject } = statementOf(bundle)
  requireOwnSigner(call, bundle)
  const attestation: Attestation = {
    id: call.world.nextId(),
    predicateType,
    subjects: subject.map(({ digest }) => `sha256:${digest.sha256}`),
    bundle: bundle as Record<string, unknown>,
  }
  call.repository.attestations.push(attestation)
  return created({ id: attestation.id })
}

const named: Record<string, string> = {
  provenance: 'https://slsa.dev/provenance/v1',
  sbom: 'https://spdx.dev/Document/v2.3',
  release: 'https://in-toto.io/attestation/release/v0.1',
}

function list(call: Call) {
  const { query, repository } = call
  const type = query.get('predicate_type')
  const found = repository.attestations.filter(
    ({ subjects, predicateType }) =>
      subjects.includes(call.params.subject_digest!) && (type === null || predicateType === (named[type] ?? type)),
  )
  if (found.length === 0) throw notFound()
  const newest = [...found].reverse().slice(0, Math.min(100, Number(query.get('per_page') ?? 30)))
  return ok({ attestations: newest.map(({ bundle }) => ({ bundle, repository_id: repository.id })) })
}

const base = '/repos/{owner}/{repo}/attestations'

export const attestationRoutes: Route[] = [
  { method: 'POST', path: base, needs: ['attestations:write'], handle: create },
  { method: 'GET', path: `${base}/{subject_digest}`, needs: ['attestations:read'], handle: list },
]
