import type { GitHub } from '@mlops-actions/github'
import type { Consent, People, StagePolicy } from '@mlops-actions/registry'
import type { RunRecord } from '@mlops-actions/runs'
import type { RegistryContext } from './inputs.ts'
import type { Wanted } from './wanted.ts'

/** Who promotes, who trained, and, where the policy asks, who made the commit and who approved. */
export async function peopleOf(
  a: RegistryContext,
  github: GitHub,
  policy: StagePolicy,
  { who, stage, consent }: Pick<Wanted, 'who' | 'stage' | 'consent'>,
  run: RunRecord,
): Promise<People> {
  const asked = policy.four_eyes === true && run.commit !== null
  return {
    promoter: who,
    trainer: run.user === 'unknown' ? null : run.user,
    consent: policy.approved === true ? await consentOf(a, github, stage, consent) : null,
    committers: asked ? await github.objects.people(run.commit!) : null,
  }
}

async function consentOf(a: RegistryContext, github: GitHub, stage: string, issue: Consent['issue']): Promise<Consent> {
  const { runId } = a.environment
  if (runId === undefined) return { reviews: null, reviewed: true, mayAsk: false, issue }
  const environment = await github.environments.of(stage)
  const reviewed = environment !== 'absent' && environment.reviewers > 0
  if (issue !== null) return { reviews: null, reviewed, mayAsk: false, issue }
  const reviews = await github.approvals.of(runId)
  const mayAsk = !reviewed && (await github.approvals.ranOn(Number(runId), (await github.about()).defaultBranch))
  return { reviews, reviewed, mayAsk, issue }
}
