import { readFileSync } from 'node:fs'
import { Ajv, type Options, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

type Schema = Record<string, unknown>

/** The part of GitHub's OpenAPI document that scripts/slim-openapi.ts cuts out, as JSON Schema. */
export interface OpenApi {
  version: string
  /** By `operationName`. */
  operations: Record<string, Operation>
  /** By the names that `$ref` uses. */
  schemas: Record<string, Schema>
}

interface Operation {
  /** Of the list of values in the path. */
  path: Schema
  query: Schema
  body?: Schema
  /** By status; null where the answer has no JSON. */
  responses: Record<string, Schema | null>
}

/** A request that found its route, and what it was answered. */
export interface Exchange {
  method: string
  /** The route's template: `/repos/{owner}/{repo}/git/ref/{ref+}`. */
  route: string
  /** The values of the template's parameters, in its order. */
  path: string[]
  query: URLSearchParams
  body: Record<string, unknown>
  status: number
  json?: unknown
  /** Bytes in the place of JSON, where the client asked for them. */
  bytes?: Uint8Array | undefined
}

/** An operation's name, whatever its parameters are called: `GET /repos/{}/{}/git/ref/{}`. */
export function operationName(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replace(/\{[^}]*\}/g, '{}')}`
}

function read() {
  const document = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8')) as OpenApi
  const judge = (options: Options) => {
    // Strict, so that a keyword which would judge nothing is an error; in the rest the document is less tidy than ajv asks.
    const tidy = { strictTypes: false, strictTuples: false, validateSchema: false } as const
    const ajv = new Ajv({ ...tidy, allErrors: true, ...options })
    addFormats.default(ajv)
    for (const [name, schema] of Object.entries(document.schemas)) ajv.addSchema(schema, name)
    return ajv
  }
  // In an address everything is text, a number too.
  return { document, exact: judge({}), fromText: judge({ coerceTypes: true }) }
}

let open: ReturnType<typeof read> | undefined

/** The document and its judges, opened when they are first needed. */
export function openApi(): ReturnType<typeof read> {
  open ??= read()
  return open
}

const compiled = new Map<Schema, ValidateFunction>()

/** What a schema finds wrong with a value, in words; compiled when it is first asked. */
function problems(ajv: Ajv, schema: Schema, value: unknown, what: string): string[] {
  let validate = compiled.get(schema)
  if (!validate) {
    validate = ajv.compile(schema)
    compiled.set(schema, validate)
  }
  if (validate(value)) return []
  return validate.errors!.map(({ instancePath, message, params }) => {
    const { additionalProperty, allowedValues } = params as Record<string, unknown>
    const more = additionalProperty ?? (allowedValues === undefined ? undefined : JSON.stringify(allowedValues))
    return `${what}${instancePath} ${message}${more === undefined ? '' : `: ${more}`}`
  })
}

/** Statuses that any operation may answer; the document lists them where somebody thought of it. */
const anywhere = [400, 401, 403, 404, 422]

/**
 * What GitHub's document says against an exchange, one sentence each. A request that it refuses is no matter where it was
 * refused here too; one that was granted is: either the client is wrong, or this GitHub is friendlier than the real one.
 */
export function violations(exchange: Exchange): string[] {
  const { method, route, path, query, body, status, json, bytes } = exchange
  const { document, exact, fromText } = openApi()
  const operation = document.operations[operationName(method, route)]
  if (!operation) return [`${method} ${route} is not in GitHub's document`]
  const found: string[] = []
  if (status < 400) {
    found.push(...problems(fromText, operation.path, path, 'the path'))
    found.push(...problems(fromText, operation.query, Object.fromEntries(query), 'the query'))
    if (operation.body) found.push(...problems(exact, operation.body, body, 'the body'))
    else if (Object.keys(body).length > 0) found.push('it takes no body')
  }
  const documented = operation.responses[status]
  if (documented === undefined && !anywhere.includes(status)) found.push(`${status} is no documented answer`)
  const shape = documented ?? (status >= 400 ? document.schemas['basic-error'] : undefined)
  if (shape && !bytes) found.push(...problems(exact, shape, json, `the answer ${status}`))
  else if (shape === undefined && json !== undefined) found.push(`the answer ${status} should have no JSON`)
  return found.map((sentence) => `${method} ${route}: ${sentence}`)
}
