import type { Environment, GitHub } from '@mlops-actions/github'
import { type Check, check, UserError } from '@mlops-actions/verdict'
import type { PromotionPolicy } from '../policy.ts'
import { harmless } from './finding.ts'

/** The environment of each stage whose policy asks for an approval, and why it is not known where it may not be read. */
export type StageEnvironments = Map<string, Environment | 'absent' | { unread: string }>

export async function readEnvironments(github: GitHub, policy: PromotionPolicy): Promise<StageEnvironments> {
  const found: StageEnvironments = new Map()
  for (const [stage, { approved }] of Object.entries(policy)) {
    if (approved !== true) continue
    try {
      found.set(stage, await github.environments.of(stage))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      found.set(stage, { unread: `${error.message} ${error.help}` })
    }
  }
  return found
}

const issues =
  'Right where the plan has no reviewers (private repositories without GitHub Enterprise); the comments there need workflows-examples/approve.yml.'

/** How the approval that a stage's policy asks for can be given. Advice: where nobody gives one, no promotion gets through. */
export function environmentChecks(environments: StageEnvironments): Check[] {
  return [...environments].map(([stage, environment]) => {
    const of = {
      id: 'registry.environment',
      title: `${stage} can be approved`,
      subject: stage,
      expected: 'an environment of that name with required reviewers, none of whom approves what he started',
    }
    if (environment !== 'absent' && 'unread' in environment)
      return harmless({ ...of, observed: 'not known: the environment may not be read', detail: environment.unread })
    const set = `Settings, Environments, ${stage}: Required reviewers, and Prevent self-review.`
    if (environment === 'absent' || environment.reviewers === 0)
      return harmless({
        ...of,
        observed: environment === 'absent' ? 'there is no such environment' : 'nobody has to review it',
        detail: `The policy says approved: true, so a promotion to ${stage} asks for it in an issue, where everybody with write permission but who asks may approve. ${issues} Elsewhere: ${set}`,
      })
    if (!environment.preventSelfReview)
      return harmless({
        ...of,
        observed: 'who started a run may approve it',
        detail: `Such an approval does not count, and the promotion is refused after the wait. ${set}`,
      })
    return check(true, { ...of, observed: `${environment.reviewers} required, self-review prevented` })
  })
}
