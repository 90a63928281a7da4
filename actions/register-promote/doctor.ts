import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readText } from '@mlops-actions/files'
import type { GitHub } from '@mlops-actions/github'
import {
  archivedStage,
  diagnose,
  environmentChecks,
  knownModels,
  readEnvironments,
  readFacts,
  requireName,
  type WorkflowFile,
} from '@mlops-actions/registry'
import { readDefaultBranch } from '@mlops-actions/settings'
import { nearest, UserError, verdict } from '@mlops-actions/verdict'
import { holderText } from './holder.ts'
import { type RegistryContext, results } from './inputs.ts'

/** Stages that a model may have held although none of its slots is left. */
const usual = ['staging', 'production']

/** Whether everything in the registry agrees: of all models, or of the one that the input names. */
export async function doctor(a: RegistryContext) {
  const github = await a.github()
  // `model` of mlops.yaml is no wish to look away from the others.
  const model = a.inputs.model === undefined ? undefined : requireName('model', a.inputs.model)
  const policy = (await readDefaultBranch(a.settings, github)).values.promotion ?? {}
  const stages = [...usual, ...Object.keys(policy)]
  const facts = await a.log.group('Read the registry', () => readFacts(github, { model, stages }))
  if (model !== undefined && facts.models.length === 0) throw await unknownModel(github, model)

  const environments = await a.log.group('Read the environments', () => readEnvironments(github, policy))
  const checks = [...diagnose(facts, await workflows(a)), ...environmentChecks(environments)]
  const names = facts.models.map((m) => m.model)
  return a.finish(verdict('registry', { models: names }, checks, a.context({ operation: 'doctor' })), results({}), {
    title: 'Health of the registry',
    facts: facts.models.flatMap(({ model, log }) => [
      { label: model, value: `${log.versions.length} versions` },
      ...log.stages
        .filter((stage) => stage !== archivedStage)
        .map((stage) => ({ label: `${model}#${stage}`, value: holderText(log, stage) })),
    ]),
  })
}

/** The workflows of the checkout; none where nothing is checked out. */
async function workflows(a: RegistryContext): Promise<WorkflowFile[]> {
  const folder = '.github/workflows'
  const names = await readdir(join(a.roots.workspace, folder)).catch(() => [])
  const paths = names.filter((name) => /\.ya?ml$/.test(name)).map((name) => `${folder}/${name}`)
  // They are looked at for advice alone: one that is no text starts nothing.
  const text = (path: string) => readText(path, a.roots).catch(() => '')
  return Promise.all(paths.sort().map(async (path) => ({ path, text: await text(path) })))
}

async function unknownModel(github: GitHub, model: string): Promise<UserError> {
  const known = await knownModels(github)
  const near = nearest(model, known)
  return new UserError({
    code: 'MODEL_UNKNOWN',
    message: `Nothing is registered under ${model}.`,
    where: { key: 'model' },
    help:
      near === undefined
        ? `Models here: ${known.join(', ') || 'none'}. Leave "model" out to look at all.`
        : `Did you mean ${near}? Leave "model" out to look at all.`,
  })
}
