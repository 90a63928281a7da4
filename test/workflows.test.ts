import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['', 'examples/churn/', 'examples/flights/'].map((of) => `${of}.github/workflows`)
const files = [...folders, 'workflows-examples'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
)

/** Reusable workflows of this repository are read from this checkout. */
const provider = {
  getFileContent: async (ref: { path?: string; repository?: string }) => {
    const path = ref.path ?? ''
    if (!existsSync(join(root, path))) throw new Error(`no such workflow: ${path}`)
    return { name: path, content: readFileSync(join(root, path), 'utf8') }
  },
}

interface Workflow {
  jobs: Record<string, { steps?: { uses?: string; with?: Record<string, unknown> }[]; permissions?: unknown }>
}

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(root, file), 'utf8')

  it("passes GitHub's own parser, callers and callees together", async () => {
    const result = parseWorkflow({ name: file, content: text }, new NoOperationTraceWriter())
    expect(result.context.errors.getErrors().map((e) => e.message)).toEqual([])
    const options = { fetchReusableWorkflowDepth: 1, errorPolicy: 1 }
    const template = await convertWorkflowTemplate(result.context, result.value!, provider as never, options as never)
    expect((template.errors ?? []).map((e) => e.Message)).toEqual([])
  })

  it('gives our actions only inputs that they have, and all that they need', () => {
    const { jobs } = parse(text) as Workflow
    for (const { uses, with: given = {} } of Object.values(jobs).flatMap((job) => job.steps ?? [])) {
      const name = /^OWNER\/mlops-actions\/actions\/([^@]+)@v1$/.exec(uses ?? '')?.[1]
      if (!name) continue
      const action = parse(readFileSync(join(root, 'actions', name, 'action.yml'), 'utf8')) as {
        inputs: Record<string, { required?: boolean }>
      }
      expect(Object.keys(given).filter((input) => !(input in action.inputs))).toEqual([])
      const needed = Object.entries(action.inputs)
        .filter(([, of]) => of.required)
        .map(([input]) => input)
      expect(needed.filter((input) => !(input in given))).toEqual([])
    }
  })

  it('puts no expression into a shell', () => {
    const { jobs } = parse(text) as { jobs: Record<string, { steps?: { run?: string }[] }> }
    const scripts = Object.values(jobs).flatMap((job) => job.steps?.map((step) => step.run ?? '') ?? [])
    expect(scripts.filter((script) => /\$\{\{/.test(script))).toEqual([])
  })
})

it('finds what is wrong (so that the checks above can fail)', () => {
  const broken = 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo $' + '{{ foo.bar }}\n'
  const result = parseWorkflow({ name: 'broken.yml', content: broken }, new NoOperationTraceWriter())
  expect(result.context.errors.getErrors().length).toBeGreaterThan(0)
})
