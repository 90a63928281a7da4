import { type AttestationKey, type GitHub, permissionsYaml, Rejected } from '@mlops-actions/github'
import { modelSigningStatement, provenanceSubjects, type Registered, type Version } from '@mlops-actions/registry'
import { type Check, check, UserError } from '@mlops-actions/verdict'
import type { RegistryContext } from './inputs.ts'
import { permissions } from './permissions.ts'

/** The permissions that registering and attesting take, as the job would give them. */
function permissionsToAdd({ inputs }: RegistryContext): string {
  const needed = permissions.filter(({ when }) => when?.(inputs) !== false)
  return `Add to the job (a pull request from a fork never gets them):\n${permissionsYaml(needed)}`
}

const plans =
  'Public repositories have attestations on every plan, private and internal ones on GitHub Enterprise Cloud alone.'

/** Refuses `attest: true` where it cannot work. Asked before anything is written. */
export function requireAttestable(a: RegistryContext): void {
  const { inputs, environment } = a
  if (!inputs.attest) return
  if (inputs.operation !== 'register')
    throw refusal(
      'INPUT_COMBINATION',
      `The input "attest" is for the operation "register", not for "${inputs.operation}".`,
      'Leave it out: a version is attested when it is registered.',
    )
  if (!/^https:\/\/(github\.com|[a-z0-9-]+\.ghe\.com)$/.test(environment.serverUrl))
    throw refusal(
      'ATTEST_UNAVAILABLE',
      `${environment.serverUrl} is a GitHub Enterprise Server, and those have no attestations.`,
      'Leave "attest" out. To sign the files with a key of your own, use model_signing or cosign.',
    )
  if (!environment.oidc)
    throw refusal(
      'ATTEST_PERMISSION',
      'To attest, the job needs an OIDC token, and may not ask for one.',
      permissionsToAdd(a),
    )
}

const refusal = (code: string, message: string, help: string) =>
  new UserError({ code, message, where: { key: 'attest' }, help })

export interface Attested {
  checks: Check[]
  links: { label: string; url: string }[]
}

/**
 * Attests a version that stands: its provenance (SLSA), and the signature of its model files (OpenSSF Model Signing).
 * Both are signed through Sigstore with the identity of the job, and stored on GitHub; what is there is not made twice.
 * Whatever fails is a failed check: the version does not depend on it.
 */
export async function attest(a: RegistryContext, github: GitHub, { version, checks }: Registered): Promise<Attested> {
  const done: Attested = { checks: [], links: [] }
  const { attestations } = github
  for (const { id, label, key, sign } of statements(version)) {
    const of = {
      id: `registry.attestation.${id}`,
      title: `${label} of ${version.tag} is attested`,
      subject: version.tag,
      expected: 'an attestation on GitHub',
      evidence: { predicate_type: key.predicateType, subjects: key.sha256 },
    }
    try {
      requireWhole(checks)
      const there = await attestations.exist(key)
      const url = there ? attestations.url : await attestations.create(await sign(await instance(github)), key)
      done.checks.push(check(true, { ...of, observed: there ? 'attested before' : 'signed and stored' }))
      done.links.push({ label, url })
    } catch (error) {
      done.checks.push(check(false, { ...of, observed: `not attested: ${reason(error)}`, detail: remedy(a, error) }))
    }
  }
  return done
}

/** Public repositories use Sigstore's public instance, whose log everybody can read; the others that of GitHub. */
type Instance = 'public-good' | 'github'

async function instance(github: GitHub): Promise<Instance> {
  const open = github.serverUrl === 'https://github.com' && !(await github.about()).private
  return open ? 'public-good' : 'github'
}

interface Statement {
  id: string
  label: string
  key: AttestationKey
  /** The signed bundle; nothing is stored. */
  sign(sigstore: Instance): Promise<object>
}

function statements({ manifest, manifestSha256 }: Version): Statement[] {
  const subjects = provenanceSubjects(manifest, manifestSha256)
  const signing = modelSigningStatement(manifest)
  const digests = (of: typeof subjects) => of.map(({ digest }) => digest.sha256)
  // The library stores bundles too, but an answer that is lost it would send again: ../../packages/github looks first.
  const unsent = { token: '', skipWrite: true }
  return [
    {
      id: 'provenance',
      label: 'Provenance',
      key: { sha256: digests(subjects), predicateType: 'provenance' },
      async sign(sigstore) {
        const { attestProvenance } = await import('@actions/attest')
        return (await attestProvenance({ subjects, sigstore, ...unsent })).bundle
      },
    },
    {
      id: 'model-signing',
      label: 'Model signature',
      key: { sha256: digests(signing.subjects), predicateType: signing.predicateType },
      async sign(sigstore) {
        const library = await import('@actions/attest')
        return (await library.attest({ ...signing, sigstore, ...unsent })).bundle
      },
    },
  ]
}

function requireWhole(checks: Check[]): void {
  if (checks.every((c) => c.status !== 'failed')) return
  throw new UserError({ code: 'VERSION_BROKEN', message: 'the release does not hold what was registered' })
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error))

function remedy(a: RegistryContext, error: unknown): string {
  const refused = error instanceof Rejected || (error instanceof UserError && error.code === 'GITHUB_PERMISSION')
  const own = error instanceof UserError ? error.help : 'Sigstore or GitHub did not sign: see githubstatus.com.'
  const again = 'The version stands without it; register the same run again to attest it.'
  return [refused ? `${plans} ${permissionsToAdd(a)}` : own, again].filter((sentence) => sentence !== '').join('\n')
}
