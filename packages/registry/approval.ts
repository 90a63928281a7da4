import type { Approval } from '@mlops-actions/github'
import { type Check, check } from '@mlops-actions/verdict'

/**
 * Whether the workflow run was approved in the environment of the stage's name by somebody other than who started it. An
 * environment that nobody has to review lets every job through, so its name in the job proves nothing: the review does.
 */
export function approvalCheck(of: {
  subject: string
  stage: string
  promoter: string | null
  /** null outside a workflow. */
  approvals: Approval[] | null
}): Check {
  const { subject, stage, promoter, approvals } = of
  const own = (login: string) => promoter === null || login.toLowerCase() === promoter.toLowerCase()
  const forStage = (approvals ?? []).filter(({ state, environments }) => {
    return state === 'approved' && environments.some((name) => name.toLowerCase() === stage)
  })
  const by = forStage.filter(({ user }) => !own(user)).map(({ user }) => user)
  const observed =
    approvals === null
      ? 'this is no workflow run'
      : by.length > 0
        ? `approved by ${by.join(', ')}`
        : forStage.length > 0
          ? `only ${promoter ?? 'who started it, who is not known,'} approved it`
          : 'nobody approved this run for it'
  return check(by.length > 0, {
    id: 'policy.approved',
    title: `The change of ${stage} was approved`,
    subject,
    observed,
    expected: `an approval in the environment ${stage} by somebody other than ${promoter ?? 'who started it'}`,
    ...(by.length > 0
      ? {}
      : {
          detail: `Give the job "environment: ${stage}", and that environment required reviewers (Settings, Environments).`,
        }),
    evidence: { by },
  })
}
