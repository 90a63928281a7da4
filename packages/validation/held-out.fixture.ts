import { profileTable } from '@mlops-actions/profile'
import { randomStream } from '@mlops-actions/statistics'
import { readTable, type Source } from '@mlops-actions/table'
import { infer } from './infer.ts'
import { validateFiles } from './reading.ts'
import { parseSuite } from './suite.ts'
import { suiteYaml, withoutFailed } from './suite-yaml.ts'

export interface FalseAlarms {
  /** By the id of the check: how many suites had the rule, and how many of them raised it on the rows held out. */
  rules: Map<string, { proposed: number; alarms: number }>
  /** Checks that a suite did not pass on the rows it was proposed from. */
  ownFailed: number
}

/**
 * Splits the rows of a CSV text (one a line) by chance, proposes a suite from one part and judges the other, which comes from
 * the same source: whatever is raised there is a false alarm.
 */
export async function falseAlarms(csv: string, heldOut: number, splits: number): Promise<FalseAlarms> {
  const [header, ...rows] = csv.trimEnd().split('\n')
  const found: FalseAlarms = { rules: new Map(), ownFailed: 0 }
  for (let split = 0; split < splits; split++) {
    const mixed = shuffled(rows, generator(split + 1))
    const later = Math.round(rows.length * heldOut)
    const own = source(header!, mixed.slice(later))
    const suite = parseSuite(await proposed(own), 'suite.yaml')
    const checksOf = async (of: Source) => validateFiles([of], suite)
    found.ownFailed += (await checksOf(own)).filter(({ status }) => status !== 'passed').length
    for (const { id, status } of await checksOf(source(header!, mixed.slice(0, later)))) {
      const rule = found.rules.get(id) ?? { proposed: 0, alarms: 0 }
      found.rules.set(id, { proposed: rule.proposed + 1, alarms: rule.alarms + (status === 'passed' ? 0 : 1) })
    }
  }
  return found
}

/** The suite that is proposed for a file, tried on its rows. */
export async function proposed(own: Source, sensitive: string[] = []): Promise<string> {
  const profile = await profileTable(await readTable([own]), { sensitive })
  const columns = infer(profile)
  const tried = parseSuite(suiteYaml(columns, profile.rows, own.name), 'suite.yaml')
  const checks = await validateFiles([own], tried)
  return suiteYaml(withoutFailed(columns, checks), profile.rows, own.name)
}

export function source(header: string, rows: string[], name = 'rows.csv'): Source {
  return {
    name,
    async *open() {
      yield Buffer.from(`${[header, ...rows].join('\n')}\n`)
    },
  }
}

/** Numbers from 0 to below 1, the same from the same seed. */
function generator(seed: number): () => number {
  const next = randomStream(seed)
  return () => next() / 2 ** 32
}

function shuffled<T>(rows: T[], random: () => number): T[] {
  const mixed = [...rows]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const held = mixed[i]!
    mixed[i] = mixed[j]!
    mixed[j] = held
  }
  return mixed
}
