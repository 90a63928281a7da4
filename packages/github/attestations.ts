import { Unclear } from './errors.ts'
import type { Transport } from './transport.ts'

/** A Sigstore bundle as JSON: a signed statement of in-toto, and what it is verified with. */
export type AttestationBundle = object

/** What an attestation is about, and of which type it is. */
export interface AttestationKey {
  /** sha256 of every subject, in hex. */
  sha256: string[]
  /** `provenance`, or the address of another predicate type. */
  predicateType: string
}

export interface Attestations {
  /** Whether each of the subjects has an attestation of this type. */
  exist(of: AttestationKey): Promise<boolean>
  /** Stores a bundle, once: after an unclear answer it is asked what is there. The address where people see it. */
  create(bundle: AttestationBundle, of: AttestationKey): Promise<string>
  /** The address of the list of all of them. */
  url: string
}

export function attestations(api: Transport, serverUrl: string): Attestations {
  const url = `${serverUrl}/${api.repository}/attestations`
  const exist: Attestations['exist'] = async ({ sha256, predicateType }) => {
    for (const digest of sha256) {
      const found = await api.find<{ attestations?: unknown[] }>(
        'GET /repos/{owner}/{repo}/attestations/{subject_digest}',
        { subject_digest: `sha256:${digest}`, predicate_type: predicateType, per_page: 1 },
        { what: 'look for attestations', permission: 'attestations: read' },
      )
      if (found === 'absent' || (found.attestations ?? []).length === 0) return false
    }
    return true
  }
  return {
    url,
    exist,
    async create(bundle, of) {
      for (let attempt = 1; ; attempt++) {
        try {
          const { id } = await api.call<{ id?: number }>(
            'POST /repos/{owner}/{repo}/attestations',
            { bundle },
            { what: 'store an attestation', permission: 'attestations: write' },
          )
          return id === undefined ? url : `${url}/${id}`
        } catch (error) {
          if (!(error instanceof Unclear)) throw error
          if (await exist(of)) return url
          if (attempt === 3) throw error
        }
      }
    },
  }
}
