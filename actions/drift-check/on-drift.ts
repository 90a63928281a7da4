import type { DriftContext } from './inputs.ts'

/**
 * What the step asks to do about drift. The data of a pull request are a proposal: its checks keep no issue and start
 * nothing.
 */
export function onDrift(a: DriftContext): { issue: boolean; dispatch: boolean; notes: string[] } {
  const wanted = a.inputs['on-drift']
  if (wanted.every((one) => one === 'none')) return { issue: false, dispatch: false, notes: [] }
  if (isPullRequest(a.environment.event?.name)) {
    const note = 'In a pull request the issue is left alone, and no retraining is started.'
    return { issue: false, dispatch: false, notes: [note] }
  }
  return { issue: wanted.includes('issue'), dispatch: wanted.includes('dispatch'), notes: [] }
}

const isPullRequest = (event: string | undefined) => event?.startsWith('pull_request') === true
