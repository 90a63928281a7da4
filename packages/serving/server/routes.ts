import { createHash, timingSafeEqual } from 'node:crypto'
import type { Tensors } from '@mlops-actions/onnx'
import type { Json } from '@mlops-actions/verdict'
import { answersOf, predictionsOf } from './answers.ts'
import { feedsFrom } from './cells.ts'
import { inferenceAnswer, modelMetadata, readInference } from './inference-protocol.ts'
import { csvOf, invocationOf } from './invocations.ts'
import type { ServedModel } from './model.ts'
import { fieldOf, recordsOf } from './predict.ts'
import { badRequest, Problem } from './problem.ts'
import type { RequestRows } from './request-rows.ts'

/** What a route may ask of the server. */
export interface Service {
  version: string
  ready(): boolean
  /** Problem 503 while the model is not loaded. */
  model(): ServedModel
  /** Outputs for rows, batched with whatever else has come in; they are recorded under the id of the request. */
  run(request: RequestRows, id: string): Promise<Tensors>
  metrics(): string
  /** What opens /profile; undefined where nothing does. */
  profileToken: string | undefined
  /** The profile of the rows served, as JSON. */
  profile(): Promise<string>
}

export interface Asked {
  body: Buffer
  contentType: string
  authorization: string
  /** The id that the caller gave the request, else one of its own. */
  id: string
  /** Parts of the path that the pattern names, decoded. */
  path: Record<string, string>
}

export type Answer = { status?: number } & ({ json: Json } | { text: string; type: string })

export interface Route {
  method: 'GET' | 'POST'
  /** `/v2/models/{model}`: braces name a part. */
  pattern: string
  answer(service: Service, asked: Asked): Answer | Promise<Answer>
}

const live = (): Answer => ({ json: { live: true } })
const ready = (service: Service): Answer => ({ status: service.ready() ? 200 : 503, json: { ready: service.ready() } })

const plain: Route[] = [
  { method: 'GET', pattern: '/health', answer: live },
  { method: 'GET', pattern: '/ready', answer: ready },
  { method: 'GET', pattern: '/ping', answer: () => ({ text: '\n', type: 'text/plain' }) },
  { method: 'GET', pattern: '/version', answer: ({ version }) => ({ text: version, type: 'text/plain' }) },
  {
    method: 'GET',
    pattern: '/metrics',
    answer: (service) => ({ text: service.metrics(), type: 'text/plain; version=0.0.4; charset=utf-8' }),
  },
  { method: 'GET', pattern: '/profile', answer: profile },
  { method: 'POST', pattern: '/predict', answer: predict },
  { method: 'POST', pattern: '/invocations', answer: invocations },
  {
    method: 'GET',
    pattern: '/v2',
    answer: ({ version }) => ({ json: { name: 'mlops-actions', version, extensions: [] } }),
  },
  { method: 'GET', pattern: '/v2/health/live', answer: live },
  { method: 'GET', pattern: '/v2/health/ready', answer: ready },
]

const ofModel: Route[] = ['/v2/models/{model}', '/v2/models/{model}/versions/{version}'].flatMap((pattern): Route[] => [
  { method: 'GET', pattern, answer: (service, asked) => ({ json: modelMetadata(named(service, asked)) }) },
  { method: 'GET', pattern: `${pattern}/ready`, answer: modelReady },
  { method: 'POST', pattern: `${pattern}/infer`, answer: infer },
])

export const routes: Route[] = [...plain, ...ofModel]

async function predict(service: Service, asked: Asked): Promise<Answer> {
  const model = service.model()
  const { description, layout } = model
  const records = recordsOf(jsonOf(asked))
  const rows = records.length
  const cell = (row: number, field: string) => fieldOf(records[row]!, field)
  const feeds = feedsFrom(layout, new Set(description.nullable), rows, cell)
  const outputs = await service.run({ feeds, rows, cell }, asked.id)
  const predictions = answersOf(model, outputs, rows)
  return { json: { model: description.name, version: description.version, predictions } }
}

async function invocations(service: Service, asked: Asked): Promise<Answer> {
  const model = service.model()
  const csv = mediaType(asked.contentType) === 'text/csv'
  const request = csv ? await csvOf(model, asked.body) : invocationOf(model, jsonOf(asked))
  return { json: { predictions: predictionsOf(model, await service.run(request, asked.id), request.rows) } }
}

async function infer(service: Service, asked: Asked): Promise<Answer> {
  const model = named(service, asked)
  const request = readInference(model, jsonOf(asked))
  return { json: inferenceAnswer(model, request, await service.run(request, request.id || asked.id)) }
}

async function profile(service: Service, { authorization }: Asked): Promise<Answer> {
  const { profileToken } = service
  if (profileToken === undefined) throw new Problem(404, 'no such route')
  const given = /^Bearer +(.+)$/i.exec(authorization)?.[1] ?? ''
  // Digests have one length, and comparing them takes one time, however much of the token is right.
  const digest = (text: string) => createHash('sha256').update(text).digest()
  if (!timingSafeEqual(digest(given), digest(profileToken))) {
    throw new Problem(401, 'the bearer token is missing or wrong', { 'www-authenticate': 'Bearer' })
  }
  service.model()
  return { text: await service.profile(), type: 'application/json' }
}

function modelReady(service: Service, asked: Asked): Answer {
  const { name } = named(service, asked).description
  return { status: service.ready() ? 200 : 503, json: { name, ready: service.ready() } }
}

function named(service: Service, { path }: Asked): ServedModel {
  const model = service.model()
  const { name, version } = model.description
  if (path.model !== name || (path.version !== undefined && path.version !== version)) {
    throw new Problem(404, 'no such model or version')
  }
  return model
}

function jsonOf({ body, contentType }: Asked): unknown {
  if (mediaType(contentType) !== 'application/json') throw new Problem(415, 'the content type must be application/json')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw badRequest('the body is not JSON in UTF-8')
  }
}

/** The media type; its charset may only be UTF-8. */
function mediaType(contentType: string): string {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase())
  if (parameters.some((parameter) => parameter !== '' && !/^charset="?utf-8"?$/.test(parameter))) {
    throw new Problem(415, 'the only parameter of the content type may be charset=utf-8')
  }
  return type
}
