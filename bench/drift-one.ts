// Judges one file against another as drift-check does: the process that bench/drift.ts measures.
import { resolve } from 'node:path'
import { drift, driftRules } from '@mlops-actions/drift'
import { openSample, sampleFiles } from '@mlops-actions/references'

const [before, after, expected] = process.argv.slice(2)
const world = {
  roots: { workspace: resolve(before!, '..') },
  folder: resolve(before!, '..'),
  github: () => Promise.reject(new Error('no version is named here')),
  reading: {},
  sensitive: [],
  categorical: [],
}
const reference = await openSample(before!, world)
const current = await sampleFiles([after!], world, reference.sample.profile)
const found = drift(reference.sample, current.sample, driftRules.parse({}))
const drifted = found.columns.join(',')
if (drifted !== (expected ?? drifted)) throw new Error(`drifted: ${drifted}; planted: ${expected}`)
if (found.checks.some(({ status }) => status === 'errored')) throw new Error('a column was not judged')
