// Loaded before the action (`node --import`), where no Sigstore can be reached: answers for Fulcio, Rekor, the timestamp
// authorities and GitHub's token service at the boundary of HTTP, with keys and certificates of its own. Requests that a
// certificate or an entry is made of are the action's. Writes whom to trust to SIGSTORE_MOCK as Sigstore's trusted root.
import { createHash, generateKeyPairSync, type JsonWebKey, sign, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  tsaHandler,
} from '@sigstore/mock'
import { HashAlgorithm, PublicKeyDetails, TrustedRoot } from '@sigstore/protobuf-specs'
import nock from 'nock'

const issuer = 'https://token.actions.githubusercontent.com'
const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const of = (name: string) => process.env[name] ?? ''

/** The services that this repository's instance of Sigstore has; whatever else is called fails. */
const open = of('SIGSTORE_INSTANCE') !== 'github'
const fulcio = open ? 'https://fulcio.sigstore.dev' : 'https://fulcio.githubapp.com'

const [caKeys, logKeys, tsaKeys, tokenKeys] = [keys(), keys(), keys(), keys()]
const ctlog = await initializeCTLog(caKeys)
const ca = await initializeCA(caKeys, ctlog)
const tlog = await initializeTLog('https://rekor.sigstore.dev', logKeys)
// A whole second, within the ten minutes of every certificate: the mock drops the last zeros of milliseconds, and its sister
// that verifies them reads three digits or none.
const tsa = await initializeTSA(tsaKeys, new Date(1000 * Math.ceil(Date.now() / 1000 + 60)))

type Handler = ReturnType<typeof fulcioHandler>

function answer(origin: string, { path, fn }: Handler): void {
  const reply = async (_: string, body: nock.Body) => {
    const { statusCode, response, contentType } = await fn(typeof body === 'string' ? body : JSON.stringify(body))
    return [statusCode, response, { 'content-type': contentType ?? 'text/plain' }] as nock.ReplyFnResult
  }
  nock(origin).persist().post(path).reply(reply)
}

/** Rekor keeps the digests of an envelope, its signatures and certificates, where the mock would keep the request as it came. */
function logged({ path, fn }: Handler): Handler {
  const pem = (base64: string | undefined) => new X509Certificate(Buffer.from(base64 ?? '', 'base64')).toString()
  const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')
  return {
    path,
    fn(request) {
      const { kind, apiVersion, spec } = JSON.parse(request) as {
        kind: string
        apiVersion: string
        spec: { proposedContent: { envelope: string; verifiers: string[] } }
      }
      const { envelope, verifiers } = spec.proposedContent
      const { payload, signatures } = JSON.parse(envelope) as { payload: string; signatures: { sig: string }[] }
      const entry = {
        envelopeHash: { algorithm: 'sha256', value: sha256(envelope) },
        payloadHash: { algorithm: 'sha256', value: sha256(Buffer.from(payload, 'base64')) },
        signatures: signatures.map(({ sig }, i) => ({
          signature: sig,
          verifier: Buffer.from(pem(verifiers[i])).toString('base64'),
        })),
      }
      return fn(JSON.stringify({ kind, apiVersion, spec: entry }))
    },
  }
}

if (of('SIGSTORE_DOWN') === '') answer(fulcio, fulcioHandler(ca))
else nock(fulcio).persist().post('/api/v2/signingCert').reply(400, 'no certificate today')
if (open) answer('https://rekor.sigstore.dev', logged(rekorHandler(tlog)))
else answer('https://timestamp.githubapp.com', tsaHandler(tsa))

/** The claims of this job as GitHub gives them; the mock's certificates are issued to `sub`. */
function idToken(audience: string): string {
  const workflow = of('GITHUB_WORKFLOW_REF')
  const claims = {
    iss: issuer,
    sub: `https://github.com/${workflow}`,
    aud: audience,
    exp: Math.floor(Date.now() / 1000) + 300,
    ref: of('GITHUB_REF'),
    sha: of('GITHUB_SHA'),
    repository: of('GITHUB_REPOSITORY'),
    repository_id: of('GITHUB_REPOSITORY_ID'),
    repository_owner_id: of('GITHUB_REPOSITORY_OWNER_ID'),
    event_name: of('GITHUB_EVENT_NAME'),
    workflow_ref: workflow,
    job_workflow_ref: workflow,
    runner_environment: 'github-hosted',
    run_id: of('GITHUB_RUN_ID'),
    run_attempt: of('GITHUB_RUN_ATTEMPT'),
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg: 'ES256', typ: 'JWT', kid: 'mock' })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(text), { key: tokenKeys.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

if (of('ACTIONS_ID_TOKEN_REQUEST_URL') !== '') {
  const { origin, pathname } = new URL(of('ACTIONS_ID_TOKEN_REQUEST_URL'))
  const authorization = `Bearer ${of('ACTIONS_ID_TOKEN_REQUEST_TOKEN')}`
  nock(origin, { reqheaders: { authorization } })
    .persist()
    .get(pathname)
    .query(true)
    .reply((uri) => [200, { value: idToken(new URL(uri, origin).searchParams.get('audience') ?? '') }])
  const key: JsonWebKey = { ...tokenKeys.publicKey.export({ format: 'jwk' }), kid: 'mock', alg: 'ES256' }
  nock(issuer)
    .persist()
    .get('/.well-known/openid-configuration')
    .reply(200, { jwks_uri: `${issuer}/jwks` })
    .get('/jwks')
    .reply(200, { keys: [key] })
}

const start = new Date(Date.now() - 3_600_000)
const authority = (uri: string, certificates: ArrayBufferView[]) => ({
  uri,
  subject: { commonName: 'sigstore', organization: 'sigstore.mock' },
  certChain: {
    certificates: certificates.map((c) => ({ rawBytes: Buffer.from(c.buffer, c.byteOffset, c.byteLength) })),
  },
  validFor: { start },
  operator: '',
})
const log = (baseUrl: string, keyId: ArrayBufferView, rawBytes: Buffer) => ({
  baseUrl,
  hashAlgorithm: HashAlgorithm.SHA2_256,
  publicKey: { rawBytes, keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256, validFor: { start } },
  logId: { keyId: Buffer.from(keyId.buffer, keyId.byteOffset, keyId.byteLength) },
  checkpointKeyId: undefined,
  operator: '',
})
const root: TrustedRoot = {
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  certificateAuthorities: [authority(fulcio, [ca.rootCertificate])],
  ctlogs: [log('https://ctfe.sigstore.dev', ctlog.logID, ctlog.publicKey)],
  tlogs: open
    ? [log('https://rekor.sigstore.dev', createHash('sha256').update(tlog.publicKey).digest(), tlog.publicKey)]
    : [],
  timestampAuthorities: open ? [] : [authority('', [tsa.intCertificate, tsa.rootCertificate])],
}
writeFileSync(of('SIGSTORE_MOCK'), JSON.stringify(TrustedRoot.toJSON(root)))
