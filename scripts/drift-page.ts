// The report of the flights example's July, after the checks of February and March: `node scripts/node24.mjs scripts/drift-page.ts PAGE`.
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { drift, driftRules, type MonitorPoint } from '@mlops-actions/drift'
import { openSample, type SampleWorld, sampleFiles } from '@mlops-actions/references'
import { reportHtml } from '@mlops-actions/report'
import { verdict } from '@mlops-actions/verdict'

const workspace = fileURLToPath(new URL('../examples/flights', import.meta.url))
const world: SampleWorld = {
  roots: { workspace, temp: workspace },
  folder: workspace,
  github: () => Promise.reject(new Error('the example needs no GitHub')),
  reading: {},
  sensitive: [],
  categorical: [],
}
const rules = driftRules.parse({})
const reference = await openSample('data/flights-2013-01.csv', world)
const history: MonitorPoint[] = []

for (const month of ['02', '03', '07']) {
  const file = `data/flights-2013-${month}.csv`
  const current = await sampleFiles([file], world, reference.sample.profile)
  const found = drift(reference.sample, current.sample, rules, { roles: { label: 'delayed' } })
  const { checks, decision, drift: level, found: columns } = found
  // Each month is checked on the first of the next.
  const time = new Date(Date.UTC(2013, Number(month), 1, 6)).toISOString()
  if (month === '07') {
    const result = verdict('drift', { data: current.digest }, checks, { at: time, drift: level, decision })
    const page = reportHtml({
      model: 'flight-delays',
      title: `Drift of ${file}`,
      verdicts: [result],
      reference: reference.sample.profile,
      profile: current.sample.profile,
      history,
      facts: [
        { label: 'Reference', value: reference.name },
        { label: 'Drift', value: level },
        { label: 'Decision', value: decision },
      ],
      generated: time,
    })
    await writeFile(process.argv[2]!, page)
  }
  const rows = { reference: reference.sample.profile.rows, current: current.sample.profile.rows }
  history.push({ time, drift: level, decision, rows, columns })
}
