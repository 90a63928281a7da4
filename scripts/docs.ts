// Writes what follows from the code: each action.yml, the tables in the actions' READMEs, those of actions and permissions
// in the README, and the JSON Schema of mlops.yaml. `npm run docs`; a test holds that nothing is out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Action } from '@mlops-actions/action'
import { settingsSchema } from '@mlops-actions/settings'
import { stringify } from 'yaml'
import * as z from 'zod'
import { actions } from '../actions/pack.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const branding: Record<string, { icon: string; color: string }> = {
  'build-serving-image': { icon: 'package', color: 'blue' },
  'compare-with-production': { icon: 'git-pull-request', color: 'blue' },
  'data-validate': { icon: 'check-square', color: 'blue' },
  'drift-check': { icon: 'activity', color: 'blue' },
  'metrics-gate': { icon: 'shield', color: 'blue' },
  'pr-report': { icon: 'message-square', color: 'blue' },
  'register-promote': { icon: 'tag', color: 'blue' },
  'train-track': { icon: 'play', color: 'blue' },
}

/** The files that follow from the code, by path from the root. */
export async function generated(): Promise<Record<string, string>> {
  const mains = await Promise.all(Object.values(actions).map(async (load) => (await load()).main))
  const files: Record<string, string> = {}
  for (const main of mains) {
    files[`actions/${main.name}/action.yml`] = actionYaml(main)
    const readme = `actions/${main.name}/README.md`
    files[readme] = withTables(readme, main)
  }
  const readme = between(read('README.md'), 'actions', actionTable(mains))
  files['README.md'] = between(readme, 'permissions', allPermissions(mains))
  files['schemas/mlops.schema.json'] = `${JSON.stringify(settingsJsonSchema(), null, 2)}\n`
  return files
}

function actionYaml(main: Action): string {
  const inputs = Object.fromEntries(
    Object.entries(main.inputs).map(([name, input]) => [
      name,
      {
        description: input.description,
        required: input.required,
        ...(input.default === '' ? {} : { default: input.default }),
      },
    ]),
  )
  const outputs = Object.fromEntries(Object.entries(main.outputs).map(([name, description]) => [name, { description }]))
  const document = {
    name: `mlops-actions: ${main.name}`,
    description: main.description,
    author: 'mlops-actions',
    branding: branding[main.name],
    inputs,
    outputs,
    runs: { using: 'node24', main: `../../dist/${main.name}.js` },
  }
  return stringify(document, { lineWidth: 0, defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' })
}

function withTables(path: string, main: Action): string {
  const inputs = Object.entries(main.inputs).map(
    ([name, input]) =>
      `| \`${name}\` | ${cell(input.description)} | ${input.required ? 'required' : input.default === '' ? '' : `\`${input.default}\``} |`,
  )
  const outputs = Object.entries(main.outputs).map(([name, description]) => `| \`${name}\` | ${cell(description)} |`)
  const first = between(read(path), 'inputs', ['| input | what | default |', '|---|---|---|', ...inputs].join('\n'))
  const second = between(first, 'outputs', ['| output | what |', '|---|---|', ...outputs].join('\n'))
  return between(second, 'permissions', permissionTable(main))
}

function permissionTable(main: Action): string {
  if (main.permissions.length === 0) return 'None of its own.'
  const rows = main.permissions.map(
    ({ permission, why, without }) => `| \`${permission}\` | ${cell(why)} | ${cell(without)} |`,
  )
  return ['| permission | what for | without it |', '|---|---|---|', ...rows].join('\n')
}

/** A row for each action and right, the actions that share a right beside each other. */
function allPermissions(mains: Action[]): string {
  const needs = inOrder(mains).flatMap((main) => main.permissions.map((need) => ({ name: main.name, ...need })))
  const rows = [...new Set(needs.map((need) => need.permission))]
    .sort()
    .flatMap((permission) => needs.filter((need) => need.permission === permission))
    .map(({ permission, name, why, without }) => `| \`${permission}\` | ${name} | ${cell(why)} | ${cell(without)} |`)
  return ['| permission | action | what for | without it |', '|---|---|---|---|', ...rows].join('\n')
}

function actionTable(mains: Action[]): string {
  const rows = inOrder(mains).map(
    (main) => `| [${main.name}](actions/${main.name}/README.md) | ${cell(main.description)} |`,
  )
  return ['| action | what it does |', '|---|---|', ...rows].join('\n')
}

/** As a model's way goes. */
function inOrder(mains: Action[]): Action[] {
  const order = [
    'data-validate',
    'train-track',
    'metrics-gate',
    'compare-with-production',
    'register-promote',
    'build-serving-image',
    'drift-check',
    'pr-report',
  ]
  return [...mains].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** The text with what stands between `<!-- name -->` and `<!-- /name -->` replaced. */
function between(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const from = text.indexOf(start)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`A README lacks the markers ${start} and ${end}.`)
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`
}

function read(path: string): string {
  const full = join(root, path)
  return existsSync(full) ? readFileSync(full, 'utf8') : ''
}

function settingsJsonSchema(): object {
  const schema = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' })
  return { ...schema, title: 'mlops.yaml', description: 'Settings of a model project for mlops-actions.' }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(await generated())) writeFileSync(join(root, path), text)
}
