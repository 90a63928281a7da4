// Cuts GitHub's own OpenAPI document down to what local-github serves, as JSON Schema: local-github/openapi.json, against
// which its tests hold every request and answer. `node scripts/node24.mjs scripts/slim-openapi.ts`, after a route was
// added or @octokit/openapi-types was updated. The whole package has 440 MB, so it is fetched here and is no dependency.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { routes } from '../local-github/api/router.ts'
import { operationName } from '../local-github/openapi.ts'

type Node = Record<string, unknown>

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: Node
}

interface Payload {
  content?: Record<string, { schema?: Node }>
}

interface Operation {
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: Payload
  responses: Record<string, Payload | { $ref: string }>
}

interface Document {
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, Node>>
}

const root = fileURLToPath(new URL('..', import.meta.url))
const types = JSON.parse(readFileSync(join(root, 'node_modules/@octokit/openapi-types/package.json'), 'utf8'))
/** The version of the document that the compiler's types were made from: both say the same. */
const version: string = types.octokit['openapi-version']

function fetchDocument(): Document {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'))
  try {
    const packed = ['pack', '--silent', '--pack-destination', folder, `@octokit/openapi@${version}`]
    const archive = execFileSync('npm', packed, { encoding: 'utf8', cwd: folder }).trim()
    const path = 'package/generated/api.github.com.json'
    execFileSync('tar', ['-xzf', join(folder, archive), '-C', folder, path])
    return JSON.parse(readFileSync(join(folder, path), 'utf8')) as Document
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Keywords that judge nothing. Everything else stays, and ajv refuses to compile what it does not know. */
const mute = /^(x-.*|description|examples?|title|default|deprecated|readOnly|externalDocs|nullable|discriminator)$/
/** The formats that ajv-formats knows; the others are GitHub's own. */
const formats = ['uri', 'uri-template', 'date-time', 'date', 'email']
const oneSchema = ['items', 'additionalProperties', 'not']
const manySchemas = ['allOf', 'anyOf', 'oneOf']

/** A schema of OpenAPI 3.0 as JSON Schema; `seen` is told the name of each schema that it refers to. */
function schema(given: Node, seen: (name: string) => void): Node {
  if (typeof given.$ref === 'string') {
    const name = given.$ref.replace('#/components/schemas/', '')
    seen(name)
    return { $ref: name }
  }
  const made: Node = {}
  for (const [key, value] of Object.entries(given)) {
    if (mute.test(key)) continue
    // A field that is "" where nothing was said is no address then, whatever its format.
    if (key === 'format' && (!formats.includes(String(value)) || given.default === '')) continue
    if (oneSchema.includes(key) && typeof value === 'object') made[key] = schema(value as Node, seen)
    // The alternatives of `oneOf` overlap in places (a workflow is a number, or text): then one of them must suffice.
    else if (manySchemas.includes(key))
      made[key === 'oneOf' ? 'anyOf' : key] = (value as Node[]).map((one) => schema(one, seen))
    else if (key === 'properties')
      made[key] = Object.fromEntries(
        Object.entries(value as Node).map(([name, of]) => [name, schema(of as Node, seen)]),
      )
    else made[key] = value
  }
  return given.nullable === true ? nullable(made) : made
}

/** Where the document's schemas contradict its own words. */
function correct({ components }: Document): void {
  // "This may leave an empty asset with a state of `starter`."
  const { state } = components.schemas!['release-asset']!.properties as Record<string, { enum: string[] }>
  state!.enum.push('starter')
  // A range in the syntax of searches: `>=2026-01-01`.
  delete (components.parameters!.created!.schema as Node).format
}

function nullable(of: Node): Node {
  if (typeof of.type !== 'string') return { anyOf: [of, { type: 'null' }] }
  const either = { ...of, type: [of.type, 'null'] }
  return Array.isArray(of.enum) && !of.enum.includes(null) ? { ...either, enum: [...of.enum, null] } : either
}

/** GitHub passes over a field that it does not know in silence; who sends one believes in something that is not there. */
function closed(body: Node): Node {
  return body.properties !== undefined && body.additionalProperties === undefined
    ? { ...body, additionalProperties: false }
    : body
}

function slim(document: Document) {
  correct(document)
  const { components, paths } = document
  const wanted = new Set<string>()
  const see = (name: string) => wanted.add(name)
  const resolve = <T>(of: T | { $ref: string }): T => {
    const [, kind, name] = /^#\/components\/(\w+)\/(.+)$/.exec((of as { $ref?: string }).$ref ?? '') ?? []
    return kind && name ? (components[kind]![name] as T) : (of as T)
  }
  const json = (payload: Payload | undefined) => payload?.content?.['application/json']?.schema
  const named = new Map<string, { path: string; operation: Operation }>()
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods))
      named.set(operationName(method, path), { path, operation })

  const operations: Record<string, unknown> = {}
  for (const route of routes) {
    const name = operationName(route.method, route.path)
    const { path, operation } = named.get(name) ?? {}
    if (!path || !operation) throw new Error(`${route.method} ${route.path} is not in GitHub's document`)
    const parameters = (operation.parameters ?? []).map((one) => resolve<Parameter>(one))
    const query = parameters.filter((one) => one.in === 'query')
    // By place and not by name: a route may call its parameters as it likes.
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, word]) => parameters.find((one) => one.name === word)!)
    const body = json(operation.requestBody)
    const responses = Object.entries(operation.responses).map(([status, response]) => {
      const shape = json(resolve<Payload>(response))
      return [status, shape ? schema(shape, see) : null]
    })
    operations[name] = {
      path: { type: 'array', items: inPath.map((one) => schema(one.schema, see)) },
      query: {
        type: 'object',
        properties: Object.fromEntries(query.map((one) => [one.name, schema(one.schema, see)])),
        required: query.filter((one) => one.required).map((one) => one.name),
        additionalProperties: false,
      },
      ...(body ? { body: closed(schema(body, see)) } : {}),
      responses: Object.fromEntries(responses),
    }
  }
  // What refusals look like where the document does not list their status.
  see('basic-error')
  const schemas: Record<string, Node> = {}
  // A set goes on over what is added on the way: the schemas that schemas refer to.
  for (const name of wanted) schemas[name] = schema(components.schemas![name]!, see)
  return { operations, schemas }
}

/** One operation or schema a line: small, and a change to one shows as one. */
function lines(of: Record<string, unknown>): string {
  const names = Object.keys(of).sort()
  return `{\n${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(of[name])}`).join(',\n')}\n}`
}

const { operations, schemas } = slim(fetchDocument())
const source = `GitHub's OpenAPI document for api.github.com (MIT), from @octokit/openapi, cut by scripts/slim-openapi.ts`
const text = `{
"source":${JSON.stringify(source)},
"version":${JSON.stringify(version)},
"operations":${lines(operations)},
"schemas":${lines(schemas)}
}
`
writeFileSync(join(root, 'local-github/openapi.json'), text)
console.log(
  `${Object.keys(operations).length} operations, ${Object.keys(schemas).length} schemas, ${Math.round(text.length / 1000)} kB of ${version}`,
)
