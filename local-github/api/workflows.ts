import { parse } from 'yaml'
import { backendId, type Repository } from '../world.ts'

export interface WorkflowInput {
  required: boolean
  hasDefault: boolean
}

/** A workflow file of the default branch: only those can be dispatched or listed. */
export interface WorkflowFile {
  id: number
  path: string
  name: string
  /** The inputs of `on.workflow_dispatch`; undefined where the workflow has no such trigger. */
  dispatch: Map<string, WorkflowInput> | undefined
}

/** A workflow's number: stable for its path. */
export const workflowId = (path: string): number => Number.parseInt(backendId(path).slice(0, 7), 16)

/** What `on` says of one event: its settings, null where it has none, undefined where it is not named. */
function trigger(workflow: unknown, event: string): unknown {
  const on = (workflow as { on?: unknown } | null)?.on
  if (on === event) return null
  if (Array.isArray(on)) return on.includes(event) ? null : undefined
  if (typeof on === 'object' && on !== null) return (on as Record<string, unknown>)[event]
  return undefined
}

function readWorkflow(path: string, content: string): WorkflowFile {
  const workflow: unknown = parse(content)
  const settings = trigger(workflow, 'workflow_dispatch')
  let dispatch: WorkflowFile['dispatch']
  if (settings !== undefined) {
    const inputs = (settings as { inputs?: Record<string, Record<string, unknown> | null> } | null)?.inputs ?? {}
    dispatch = new Map(
      Object.entries(inputs ?? {}).map(([name, input]) => [
        name,
        { required: input?.required === true, hasDefault: input?.default !== undefined },
      ]),
    )
  }
  const name = (workflow as { name?: unknown } | null)?.name
  return {
    id: workflowId(path),
    path,
    name: typeof name === 'string' ? name : path,
    dispatch,
  }
}

/** Every workflow of the default branch. */
export async function workflowsOf(repository: Repository): Promise<WorkflowFile[]> {
  const { git, defaultBranch } = repository
  const commit = await git.resolve(`refs/heads/${defaultBranch}`)
  if (!commit) return []
  const entries = await git.tree(commit, false, '.github/workflows/')
  const found: WorkflowFile[] = []
  for (const entry of entries) {
    if (entry.type !== 'blob' || !/\.ya?ml$/.test(entry.path)) continue
    const blob = await git.read(entry.sha)
    if (blob) found.push(readWorkflow(entry.path, blob.bytes.toString()))
  }
  return found
}

/** A workflow by its number or its file's name. */
export async function findWorkflow(repository: Repository, name: string): Promise<WorkflowFile | undefined> {
  return (await workflowsOf(repository)).find(
    (one) => String(one.id) === name || one.path === name || one.path === `.github/workflows/${name}`,
  )
}
