import { join } from 'node:path'
import { action, projectOf } from '@mlops-actions/action'
import { comparePaired, type Decision } from '@mlops-actions/gate'
import type { Predictions } from '@mlops-actions/metrics'
import { downloadModel, openPredictionFile, predictWith, readHolder } from '@mlops-actions/references'
import { knownModels, openVersion } from '@mlops-actions/registry'
import { rulesDigest } from '@mlops-actions/settings'
import { type Check, type JsonObject, type Subject, UserError, verdict } from '@mlops-actions/verdict'
import { holdoutOf, modelOf, openCandidate } from './candidate.ts'
import { type CompareContext, inputs, outputs } from './inputs.ts'
import { noProduction } from './no-production.ts'
import { combinedRules, type Rules } from './rules.ts'

export const main = action({
  name: 'compare-with-production',
  description:
    'Compares a candidate with the model in production on the same rows: better, not worse, inconclusive or worse.',
  kind: 'comparison',
  permissions: [
    { permission: 'contents: read', why: "read versions, slots and the base's rules", without: 'an error' },
    {
      permission: 'deployments: read',
      why: 'see that the newest slot was not deleted',
      without: 'a warned check says that this was not seen',
    },
  ],
  inputs,
  outputs,
  async run(a) {
    const rules = await combinedRules(a)
    const { predictions, 'production-predictions': production } = a.inputs
    if (predictions !== undefined && production !== undefined) return compareFiles(a, rules, predictions, production)
    if (predictions !== undefined || production !== undefined) throw oneFile()

    const model = modelOf(a)
    const github = await a.github()
    const holder = await a.log.group(`Who holds ${model}#${a.inputs.stage}`, () =>
      readHolder(github, model, a.inputs.stage),
    )
    const candidate = await openCandidate(a)
    const doubt = holder.checks.filter((c) => c.status !== 'passed')
    const slot =
      holder.slot === 'none' || holder.slot.version === null
        ? 'none'
        : { n: holder.slot.n, version: holder.slot.version }
    const baseline = {
      model,
      stage: a.inputs.stage,
      slot: slot === 'none' ? 'none' : slot.n,
      version: slot === 'none' ? 'none' : slot.version,
    }
    const subject = { model: candidate.sha256, run: candidate.run, baseline }
    if (slot === 'none' || doubt.some((c) => c.status !== 'warned')) {
      const models = slot === 'none' ? await knownModels(github) : []
      const none =
        slot === 'none' ? [noProduction(model, a.inputs.stage, holder.log, await a.base(), a.settings, models)] : []
      return end(a, rules, {
        subject,
        checks: [...none, ...doubt],
        decision: slot === 'none' ? 'no-production' : 'inconclusive',
        deltas: {},
      })
    }

    const version = await openVersion(github, holder.log, slot.version)
    const current = await a.log.group(`Download ${version.tag}`, () =>
      downloadModel(github, version, join(a.folder, 'production')),
    )
    const holdout = holdoutOf(a)
    const project = projectOf(a, a.inputs)
    const { predictions: both, fingerprint } = await a.log.group(`Run both models on ${holdout.join(', ')}`, () =>
      predictWith([current, candidate], holdout, project),
    )
    return compare(a, rules, [both[0]!, both[1]!], { ...subject, data: fingerprint }, doubt)
  },
})

async function compareFiles(a: CompareContext, rules: Rules, candidate: string, production: string) {
  const project = projectOf(a, a.inputs)
  const [now, then] = [await openPredictionFile(candidate, project), await openPredictionFile(production, project)]
  const subject = { predictions: now.fingerprint, baseline: { predictions: then.fingerprint } }
  return compare(a, rules, [then.predictions, now.predictions], subject, [])
}

function compare(
  a: CompareContext,
  rules: Rules,
  [production, candidate]: [Predictions, Predictions],
  subject: Subject,
  others: Check[],
) {
  const { checks, decision, deltas } = comparePaired(production, candidate, rules.rules)
  const marked = rules.source === 'branch' ? checks.map(ofBranch) : checks
  return end(a, rules, {
    subject,
    checks: [...marked, ...others],
    decision,
    deltas: JSON.parse(JSON.stringify(deltas)) as JsonObject,
  })
}

interface End {
  subject: Subject
  checks: Check[]
  decision: Decision | 'no-production'
  deltas: JsonObject
}

function end(a: CompareContext, rules: Rules, { subject, checks, decision, deltas }: End) {
  const baseline = subject.baseline as { slot?: number | string; version?: string }
  const context = a.context({ rules: rules.rules, rules_from: rules.from, decision, deltas })
  const result = verdict(
    'comparison',
    { ...subject, rules: rulesDigest(rules.rules) },
    [...checks, ...rules.refused],
    context,
  )
  return a.finish(
    result,
    {
      decision,
      'production-version': baseline.version ?? 'none',
      'production-slot': String(baseline.slot ?? 'none'),
      deltas,
    },
    {
      title: 'Comparison with production',
      facts: [
        { label: 'Decision', value: decision },
        { label: 'Production', value: baseline.version ?? 'none' },
      ],
    },
  )
}

function ofBranch(of: Check): Check {
  return {
    ...of,
    status: of.status === 'passed' ? 'warned' : of.status,
    evidence: { ...of.evidence, rules_source: 'branch' },
  }
}

function oneFile(): UserError {
  return new UserError({
    code: 'INPUT_COMBINATION',
    message: 'The inputs "predictions" and "production-predictions" go together.',
    where: { key: 'predictions' },
    help: 'Give both files, or neither and a holdout to run both models on.',
  })
}
