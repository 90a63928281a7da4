// The model card of a registered version, judged by what it is written for: huggingface_hub reads its front matter, and the
// programs printed in it load the model in Python and Node.js and verify the files, beside the downloaded release.
//
//   node scripts/node24.mjs test/interop/model-card.ts VENV
//
// VENV: a virtual environment that holds huggingface_hub, onnxruntime and numpy.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { check, type Verdict, verdict } from '@mlops-actions/verdict'
import {
  closeRepository,
  openRepository,
  project,
  step,
  trained,
} from '../../actions/register-promote/register-promote.fixture.ts'

/** What the Hub's own library makes of a card; it also writes the metadata again, and must read the same then. */
const readCard = `
import json, sys
import huggingface_hub
from huggingface_hub import ModelCard

card = ModelCard.load(sys.argv[1])
data = card.data
again = ModelCard(str(card)).data
print(json.dumps({
    "version": huggingface_hub.__version__,
    "license": data.license,
    "license_name": data.license_name,
    "library_name": data.library_name,
    "pipeline_tag": data.pipeline_tag,
    "tags": data.tags,
    "model_name": data.model_name,
    "results": [
        [r.task_type, r.dataset_type, r.dataset_name, r.metric_type, r.metric_value] for r in data.eval_results
    ],
    "again": again.to_dict() == data.to_dict(),
}))
`

const { positionals } = parseArgs({ allowPositionals: true })
assert.equal(positionals.length, 1, 'Give the folder of the virtual environment.')
const python = resolve(positionals[0]!, 'bin/python')
const folder = await mkdtemp(join(tmpdir(), 'model-card-'))
await openRepository()
try {
  const place = await trained('model.onnx', (sha256) => [gate(sha256)])
  appendFileSync(
    join(place.workspace, 'mlops.yaml'),
    'task: { type: binary }\ncard: { license: Acme 2.0, description: "says: who leaves # soon" }\n',
  )
  const registered = (await step(place, { operation: 'register' })) as { code: number; version?: string }
  assert.equal(registered.code, 0, 'the model is registered')
  const files = await step(place, { operation: 'download', version: registered.version!, path: '../temp/files' })
  for (const path of JSON.parse((files as unknown as { files: string }).files) as string[])
    writeFileSync(join(folder, path.split('/').at(-1)!), readFileSync(path))
  const card = readFileSync(join(folder, 'MODEL_CARD.md'), 'utf8')

  const seen = JSON.parse(execFileSync(python, ['-c', readCard, join(folder, 'MODEL_CARD.md')], { encoding: 'utf8' }))
  assert.deepEqual(seen, {
    version: seen.version,
    license: 'other',
    license_name: 'Acme 2.0',
    library_name: 'onnx',
    pipeline_tag: 'tabular-classification',
    tags: ['onnx', 'mlops-actions'],
    model_name: 'churn',
    results: [
      ['tabular-classification', 'tabular', 'sha256:beef', 'roc_auc', 0.8412],
      ['tabular-classification', 'tabular', 'sha256:beef', 'log_loss', 1.5e-7],
    ],
    again: true,
  })
  console.log(`huggingface_hub ${seen.version} reads the front matter: ok`)

  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
  const inFolder = { cwd: folder, encoding: 'utf8' } as const
  const inPython = execFileSync(python, ['-c', program(card, 'python')], inFolder)
  assert.match(inPython, /^label \[\d\]$/m)
  assert.match(inPython, /^probabilities \[\[0\.\d+ +0\.\d+\]\]$/m)
  console.log('the program in Python runs the model: ok')
  const inNode = execFileSync(process.execPath, ['--input-type=module', '-e', program(card, 'js')], inFolder)
  const [one, two] = [inPython, inNode].map((said) => said.match(/0\.\d{4}/g))
  assert.equal(one!.length, 2)
  assert.deepEqual(two, one, 'both give the same probabilities')
  console.log('the program in Node.js answers the same: ok')

  const verify = program(card, 'sh')
  assert.match(execFileSync('bash', ['-c', verify], inFolder), /^model\.onnx: OK\nrun\.json: OK\n$/)
  appendFileSync(join(folder, 'model.onnx'), 'x')
  assert.throws(
    () => execFileSync('bash', ['-c', verify], { ...inFolder, stdio: 'pipe' }),
    /model\.onnx: FAILED|did NOT match/,
  )
  console.log('the digests verify the files, and no others: ok')
} finally {
  await closeRepository()
  await rm(folder, { recursive: true, force: true })
}

function gate(model: string): Verdict {
  const checks = Object.entries({ roc_auc: 0.8412, log_loss: 1.5e-7 }).map(([metric, value]) => {
    const of = { id: `gate.${metric}.threshold`, title: metric, subject: metric, observed: String(value), expected: '' }
    return check(true, { ...of, evidence: { metric, value } })
  })
  return verdict('gate', { model, data: 'sha256:beef' }, checks, { at: '2026-03-01T10:00:00Z' })
}

/** The program that the card prints in a language. */
function program(card: string, language: string): string {
  const found = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(card)
  assert.ok(found, `the card holds a program in ${language}`)
  return found[1]!
}
