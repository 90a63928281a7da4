import type { DriftResult } from '@mlops-actions/drift'
import type { Verdict } from '@mlops-actions/verdict'
import type { DriftContext } from './inputs.ts'
import type { Retraining } from './retrain.ts'
import { watchedModel } from './watched.ts'

/** The issue's text may be 65,536 characters long; marker, first lines and GitHub's own count need room too. */
const reportLimit = 60_000

const whatToDo = {
  investigate:
    'Find out why the columns below moved or broke. Where the data are wrong, mend them; where the world has changed, retrain.',
  retrain:
    'Make sure that the data below are right. Where they are, retrain on current data; where they are not, mend them.',
}

/** One issue per model: open and up to date while there is something to do, closed with a word when there is not. */
export async function keepIssue(
  a: DriftContext,
  result: Verdict,
  found: DriftResult,
  retraining: Retraining | undefined,
): Promise<void> {
  const model = watchedModel(a)
  const { decision } = found
  await a.attempt('update the issue', async () => {
    const { issues } = await a.github()
    const at = a.environment.runUrl === undefined ? 'the newest check' : `[the newest check](${a.environment.runUrl})`
    if (decision === 'keep') {
      await issues.rolling(keyOf(model), { closing: `In ${at} nothing drifts any more.` })
      return
    }
    const { escapeMarkdown, reportMarkdown } = await import('@mlops-actions/report')
    const first = [`**Decision of ${at}: ${decision}.** ${whatToDo[decision]}`]
    if (retraining !== undefined) {
      const { url, said } = retraining
      first.push(`Retraining: ${url === '' ? escapeMarkdown(said) : `[started](${url})`}.`)
    }
    const report = reportMarkdown({ title: `Drift of ${model}`, verdicts: [result] }, { limit: reportLimit })
    const body = `${first.join('\n\n')}\n\n${report}`
    await issues.rolling(keyOf(model), { title: `Drift of ${model}: ${decision}`, body })
  })
}

const keyOf = (model: string) => `drift:${model}`
