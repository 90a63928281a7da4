import { parseDocument } from '@mlops-actions/document'
import type { RunRecord } from '@mlops-actions/runs'
import { UserError } from '@mlops-actions/verdict'
import * as z from 'zod'

type Leaf = string | number | boolean | null
type Tree = Leaf | Tree[] | { [key: string]: Tree }

const tree: z.ZodType<Tree> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(tree), z.record(z.string(), tree)]),
)
const document = z.record(z.string(), tree)

/** Params of a YAML or JSON text: nested keys joined by dots, values as text, those that look like secrets masked. */
export function paramsOf(text: string, origin: string): Record<string, string> {
  const leaves = flatten(parseDocument(text, origin, document, 'PARAMS_INVALID'))
  return Object.fromEntries(leaves.map(([key, value]) => [key, looksSecret(key) ? '***' : asText(value)]))
}

/** Metrics of a JSON text: numbers, nested keys joined by dots. What is no finite number is a UserError naming the key. */
export function metricsOf(text: string, origin: string): RunRecord['metrics'] {
  const leaves = flatten(parseDocument(text, origin, document, 'METRICS_INVALID'))
  return Object.fromEntries(
    leaves.map(([key, value]) => {
      if (typeof value !== 'number' || !Number.isFinite(value)) throw notANumber(key, value, origin)
      return [key, { value, step: null, best: value, points: 1 }]
    }),
  )
}

function flatten(value: Tree, prefix = ''): [string, Tree][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[prefix, value]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, prefix === '' ? key : `${prefix}.${key}`))
}

function asText(value: Tree): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Names under which people keep secrets; a param with such a name is recorded without its value. */
function looksSecret(key: string): boolean {
  return /(^|[._-])(password|passwd|secret|token|api_?key|access_?key|private_?key|credentials?)($|[._-])/i.test(key)
}

function notANumber(key: string, value: Tree, origin: string): UserError {
  return new UserError({
    code: 'METRICS_INVALID',
    message: `The metric "${key}" in ${origin} is ${JSON.stringify(value)}, not a finite number.`,
    where: { file: origin, key },
    help: 'Write metrics as numbers; leave out what could not be measured, and a gate on it will say that it is missing.',
  })
}
