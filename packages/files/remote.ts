import { UserError } from '@mlops-actions/verdict'

/** A file that is kept elsewhere, named by its address and what its bytes must be. */
export interface RemoteFile {
  /** The last part of the address. */
  name: string
  uri: string
  sha256: string
  /** In bytes; null where it was not said. */
  size: number | null
}

const scheme = /^([a-z][a-z0-9+.-]*):\/\//i
/** No white space, and nothing that a shell or Markdown reads as its own. */
const plain = /^[\w.~:/?#[\]@!$&()*+,;=%-]+$/
/** Names of the parts of a signed address that open what they sign. */
const secrets =
  /[?&;](x-amz-(signature|credential|security-token)|x-goog-(signature|credential)|sig|signature|token|access_token|api_?key|password|secret)=/i

/** Whether a line names a file by an address. */
export const namesRemote = (line: string) => scheme.test(line.trim())

/** Whether its bytes are fetched here; others are left to the user's own tools. */
export const isFetched = ({ uri }: { uri: string }) => /^https:\/\//i.test(uri)

/**
 * `https://host/weights.bin sha256:<64 hex digits>` or `s3://bucket/weights.bin sha256:<64 hex digits> size:<bytes>`. UserError: not
 * of this form, http or file, credentials in the address, or no size where nobody here reads the bytes.
 */
export function parseRemote(line: string): RemoteFile {
  const [uri = '', ...words] = line.trim().split(/\s+/)
  const said = new Map<string, string>()
  for (const word of words) {
    const [, key, value] = /^(sha256|size):(\w+)$/.exec(word) ?? []
    if (key === undefined || said.has(key)) throw invalid(uri, `"${word}" is not understood`)
    said.set(key, value!)
  }
  const [sha256, size] = [said.get('sha256'), said.get('size')]
  const kind = scheme.exec(uri)?.[1]?.toLowerCase()
  if (kind === 'http') throw invalid(uri, 'over http anybody on the way could exchange it')
  if (kind === 'file') throw invalid(uri, 'a file of this machine is named by its path')
  if (!plain.test(uri) || !URL.canParse(uri)) throw invalid(uri, 'the address is not valid')
  const { username, password, pathname, search, hash } = new URL(uri)
  if (username !== '' || password !== '' || secrets.test(search))
    throw invalid(withoutQuery(uri), 'it holds credentials, and the address becomes as public as the model')
  if (hash !== '') throw invalid(uri, 'an address with # names a part of a page')
  if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) throw invalid(uri, 'its sha256 is missing')
  if (size !== undefined && !/^[1-9]\d{0,15}$/.test(size)) throw invalid(uri, `"${size}" is no number of bytes`)
  if (size === undefined && kind !== 'https') throw invalid(uri, 'its size is missing, and its bytes are not read here')
  return { name: pathname.split('/').at(-1)!, uri, sha256, size: size === undefined ? null : Number(size) }
}

/** How a person fetches the file and compares its digest, in a shell. */
export function fetchCommand({ uri, name, sha256 }: Pick<RemoteFile, 'uri' | 'name' | 'sha256'>): string {
  const fetch: Record<string, string> = {
    https: `curl -fL -o '${name}' '${uri}'`,
    s3: `aws s3 cp '${uri}' '${name}'`,
    gs: `gcloud storage cp '${uri}' '${name}'`,
  }
  const kind = scheme.exec(uri)![1]!.toLowerCase()
  const compare = `echo '${sha256}  ${name}' | sha256sum -c`
  return fetch[kind] === undefined ? compare : `${fetch[kind]} && ${compare}`
}

/** An address as it may be shown: what is signed stands after the question mark. */
export const withoutQuery = (uri: string) => uri.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//')

function invalid(uri: string, why: string): UserError {
  return new UserError({
    code: 'FILE_REFERENCE',
    message: `The file ${JSON.stringify(uri)} cannot be named like this: ${why}.`,
    where: { key: 'files' },
    help: 'Write https://host/weights.bin sha256:<64 hex digits>, or s3://bucket/weights.bin sha256:<64 hex digits> size:<bytes>.',
  })
}
