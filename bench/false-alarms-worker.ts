import { parentPort } from 'node:worker_threads'
import { drift, driftRules } from '@mlops-actions/drift'
import type { Sample } from '@mlops-actions/profile'
import { mixedLaws, randomOf, sampleOf, singleLaws } from './laws.ts'

/** Repetitions from `from` to the one before `to` of one pair of sizes. */
export interface Job {
  seed: number
  n: number
  m: number
  from: number
  to: number
}

/** How often a dataset without drift raised an alarm. */
export interface Alarms {
  /** Any adjusted p-value under alpha. */
  byP: number
  /** Any column drifted: p under alpha and the effect at or above the floor. */
  byRule: number
}

const rules = driftRules.parse({})

/** Of the tables of one column, in the order of `singleLaws`, and last of the table of all columns. */
function alarmsOf({ seed, n, m, from, to }: Job): Alarms[] {
  const counted = [...singleLaws, undefined].map((): Alarms => ({ byP: 0, byRule: 0 }))
  for (let repetition = from; repetition < to; repetition++) {
    const random = randomOf(seed, n, m, repetition)
    const reference = sampleOf(mixedLaws.map((law) => law.draw(n, random)))
    const current = sampleOf(
      mixedLaws.map((law) => law.draw(m, random)),
      reference,
    )
    singleLaws.forEach((_, i) => {
      count(counted[i]!, columnOf(reference, i), columnOf(current, i))
    })
    count(counted.at(-1)!, reference, current)
  }
  return counted
}

function count(alarms: Alarms, reference: Sample, current: Sample): void {
  const found = drift(reference, current, rules)
  const adjusted = found.checks.flatMap(({ evidence }) => [evidence.p_adjusted, evidence.null_share_p_adjusted])
  if (adjusted.some((p) => typeof p === 'number' && p < rules.alpha)) alarms.byP++
  if (found.drift !== 'none') alarms.byRule++
}

/** The sample as if its table had this column alone. */
function columnOf({ profile, values }: Sample, i: number): Sample {
  return { profile: { ...profile, columns: [profile.columns[i]!] }, ...(values === undefined ? {} : { values }) }
}

parentPort?.on('message', (job: Job) => parentPort!.postMessage(alarmsOf(job)))
