import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { projectOf } from '@mlops-actions/action'
import { checkGolden, golden, readSignature, type Signature } from '@mlops-actions/onnx'
import { parseProfile } from '@mlops-actions/profile'
import { fileText } from '@mlops-actions/registry'
import type { RunRecord } from '@mlops-actions/runs'
import { type Check, check, type JsonObject, UserError } from '@mlops-actions/verdict'
import type { RegistryContext } from './inputs.ts'

/** What is known of a model besides its bytes. */
export interface Described {
  signature: JsonObject | null
  referenceProfile: string | null
  golden: string | null
  checks: Check[]
}

/** Reads the model's signature, the profile of its training data, and what it answers to 16 rows drawn from that. */
export async function describeModel(
  a: RegistryContext,
  run: RunRecord,
  { name, path, sha256 }: { name: string; path?: string; sha256: string },
): Promise<Described> {
  const referenceProfile = await profileOf(a, run)
  if (!/\.onnx$/i.test(name) || path === undefined)
    return { signature: null, referenceProfile, golden: null, checks: [opaque(name)] }
  const file = { name, path, sha256 }
  const signature = readSignature(await readFile(file.path), file.name)
  const drawn = await drawGolden(a, file, signature, referenceProfile)
  return { signature: JSON.parse(JSON.stringify(signature)) as JsonObject, referenceProfile, ...drawn }
}

/** The profile that data-validate made, in this job, of the data that the run was trained on. */
async function profileOf(a: RegistryContext, run: RunRecord): Promise<string | null> {
  const trained = new Set(run.data.map((d) => d.fingerprint))
  const steps = (await a.job.verdicts()).filter(({ verdict, file }) => {
    const { data } = verdict.subject
    const same = typeof data === 'string' && (trained.size === 0 || trained.has(data))
    return verdict.kind === 'validation' && same && existsSync(join(dirname(file), 'profile.json'))
  })
  const last = steps.at(-1)
  return last === undefined ? null : readFile(join(dirname(last.file), 'profile.json'), 'utf8')
}

async function drawGolden(
  a: RegistryContext,
  file: { name: string; path: string; sha256: string },
  signature: Signature,
  referenceProfile: string | null,
): Promise<{ golden: string | null; checks: Check[] }> {
  if (a.settings.values.golden === false)
    return { golden: null, checks: [noGolden(file.name, 'mlops.yaml says golden: false')] }
  if (referenceProfile === null)
    return {
      golden: null,
      checks: [noGolden(file.name, 'this job has no profile of the training data: run data-validate on it before')],
    }
  const project = projectOf(a)
  try {
    const runtime = await project.runtime()
    const model = { path: file.path, sha256: file.sha256 }
    const seed = Number.parseInt(file.sha256.slice(0, 7), 16)
    const rows = await a.log.group('Ask the model 16 rows', () =>
      golden(model, signature, parseProfile(referenceProfile, 'profile.json'), {
        runtime,
        seed,
        ...(project.features === undefined ? {} : { features: project.features }),
      }),
    )
    return { golden: fileText(rows), checks: await checkGolden(model, rows, { runtime }) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const { code, message, where, help } = error
    const way = 'Or set "golden: false" in mlops.yaml to register without golden rows.'
    throw new UserError({ code, message, where, help: `${help} ${way}`.trim(), cause: error })
  }
}

function noGolden(name: string, why: string): Check {
  return check(false, {
    id: 'registry.golden',
    title: 'The model answers golden rows',
    subject: name,
    observed: `registered without: ${why}`,
    expected: '16 rows with the answers of onnxruntime',
    severity: 'warned',
    detail: 'Without them nobody can tell later whether a server answers as the model did here.',
  })
}

function opaque(name: string): Check {
  return check(false, {
    id: 'registry.format',
    title: 'The model is ONNX',
    subject: name,
    observed: `${name} is kept as opaque bytes`,
    expected: 'an .onnx file',
    severity: 'warned',
    detail:
      'It is never loaded here (nor is a model that is only kept elsewhere), is compared by prediction files only, and cannot be served by this pack.',
  })
}
