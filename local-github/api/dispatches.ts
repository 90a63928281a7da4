import { addRun, now } from '../world.ts'
import {
  type Call,
  htmlUrl,
  noContent,
  notFound,
  ok,
  optionalFlag,
  Refusal,
  type Route,
  repositoryUrl,
  text,
} from './answer.ts'
import { resolveCommit } from './revisions.ts'
import { findWorkflow } from './workflows.ts'

const TOP_LEVEL_KEYS = 10
const INPUT_LIMIT = 25
/** The longest payload of a dispatch, in characters. */
const PAYLOAD_LIMIT = 65_535

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function repositoryDispatch(call: Call) {
  const eventType = text(call, 'event_type', 'RepositoryDispatch')
  if (eventType === '' || eventType.length > 100)
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/event_type', its length must be between 1 and 100.")
  const payload = call.body.client_payload ?? {}
  if (!isObject(payload))
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/client_payload', it is not an object.")
  const keys = Object.keys(payload).length
  if (keys > TOP_LEVEL_KEYS)
    throw new Refusal(
      422,
      `Invalid request.\n\nNo more than ${TOP_LEVEL_KEYS} properties are allowed; ${keys} were supplied.`,
    )
  if (JSON.stringify(payload).length > PAYLOAD_LIMIT) throw new Refusal(422, 'client_payload is too large.')
  call.repository.dispatches.push({ eventType, payload, createdAt: now() })
  return noContent()
}

async function workflowDispatch(call: Call) {
  const workflow = await findWorkflow(call.repository, call.params.workflow!)
  if (!workflow) throw notFound()
  const ref = text(call, 'ref', 'WorkflowDispatch')
  const sha = await resolveCommit(call.repository, ref)
  if (!sha) throw new Refusal(422, `No ref found for: ${ref}`)
  if (!workflow.dispatch) throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger")
  const inputs = call.body.inputs ?? {}
  if (!isObject(inputs)) throw new Refusal(422, "Invalid request.\n\nFor 'properties/inputs', it is not an object.")
  if (Object.keys(inputs).length > INPUT_LIMIT)
    throw new Refusal(422, `Invalid request.\n\nNo more than ${INPUT_LIMIT} properties are allowed.`)
  if (JSON.stringify(inputs).length > PAYLOAD_LIMIT) throw new Refusal(422, 'inputs are too large.')
  const unexpected = Object.keys(inputs).filter((name) => !workflow.dispatch!.has(name))
  if (unexpected.length > 0) throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`)
  for (const [name, { required, hasDefault }] of workflow.dispatch)
    if (required && !hasDefault && inputs[name] === undefined)
      throw new Refusal(422, `Required input '${name}' not provided`)
  const run = await addRun(call.world, call.repository, {
    name: workflow.name,
    path: workflow.path,
    event: 'workflow_dispatch',
    branch: ref.replace(/^refs\/(heads|tags)\//, ''),
    sha,
    status: 'queued',
    actor: call.user,
    inputs,
  })
  if (!optionalFlag(call, 'return_run_details')) return noContent()
  return ok({
    workflow_run_id: run.id,
    run_url: `${repositoryUrl(call)}/actions/runs/${run.id}`,
    html_url: `${htmlUrl(call.repository)}/actions/runs/${run.id}`,
  })
}

export const dispatchRoutes: Route[] = [
  { method: 'POST', path: '/repos/{owner}/{repo}/dispatches', needs: ['contents:write'], handle: repositoryDispatch },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/actions/workflows/{workflow}/dispatches',
    needs: ['actions:write'],
    handle: workflowDispatch,
  },
]
