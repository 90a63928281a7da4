import type { GitHub } from '@mlops-actions/github'
import type { People, StagePolicy } from '@mlops-actions/registry'
import type { RunRecord } from '@mlops-actions/runs'
import type { RegistryContext } from './inputs.ts'

/** Who promotes, who trained, and, where the policy asks, who made the commit and who approved this run. */
export async function peopleOf(
  a: RegistryContext,
  github: GitHub,
  policy: StagePolicy,
  run: RunRecord,
): Promise<People> {
  const asked = policy.four_eyes === true && run.commit !== null
  const { runId } = a.environment
  return {
    promoter: a.environment.actor ?? null,
    trainer: run.user === 'unknown' ? null : run.user,
    approvals: policy.approved === true && runId !== undefined ? await github.approvals.of(runId) : null,
    committers: asked ? await github.objects.people(run.commit!) : null,
  }
}
