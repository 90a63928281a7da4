import type { Approval } from '@mlops-actions/github'
import { type Check, check } from '@mlops-actions/verdict'

/** What is known of who agreed to a change of a stage. */
export interface Consent {
  /** What reviewers of environments said to this workflow run; null outside one. */
  reviews: Approval[] | null
  /** Whether the environment of the stage's name has reviewers. Where it has none, people are asked in an issue. */
  reviewed: boolean
  /** Whether this run may ask for an approval in an issue: it runs the default branch's own workflow. */
  mayAsk: boolean
  /** The issue in which the change was asked for, and who approves it there; null where it comes from none. */
  issue: { number: number; open: boolean; by: string[] } | null
}

/**
 * Whether somebody other than who asked for it approved a change of a stage: the run in the environment of the stage's
 * name, or, where that has no reviewers, the change in its issue. An environment that nobody has to review lets every job
 * through, so its name in the job proves nothing: the review does.
 */
export function approvalCheck(of: {
  subject: string
  stage: string
  promoter: string | null
  consent: Consent
}): Check {
  const { subject, stage, promoter, consent } = of
  const { issue } = consent
  const { by, observed, waits } = issue === null ? inEnvironment(of) : inIssue(issue, of)
  return check(by.length > 0, {
    id: 'policy.approved',
    title: `The change of ${stage} was approved`,
    subject,
    observed,
    expected: `an approval by somebody other than ${promoter ?? 'who started it'}, in ${issue === null ? `the environment ${stage}` : `#${issue.number}`}`,
    ...(by.length > 0
      ? {}
      : {
          detail:
            issue === null || consent.reviewed
              ? `Give the job "environment: ${stage}", and that environment required reviewers (Settings, Environments). Where it can have none, start the workflow on the default branch: approval is then asked for in an issue.`
              : 'Somebody with write permission comments /approve in the open issue after the change was asked for, and leaves the comment as it is.',
        }),
    evidence: { by, waits },
  })
}

type Found = { by: string[]; observed: string /** Whether the approval of an issue would do. */; waits: boolean }

function inEnvironment({ stage, promoter, consent }: Parameters<typeof approvalCheck>[0]): Found {
  const { reviews, reviewed, mayAsk } = consent
  const forStage = (reviews ?? []).filter(({ state, environments }) => {
    return state === 'approved' && environments.some((name) => name.toLowerCase() === stage)
  })
  const by = others(
    forStage.map(({ user }) => user),
    promoter,
  )
  if (by.length > 0) return { by, observed: `approved by ${by.join(', ')}`, waits: false }
  const observed =
    reviews === null
      ? 'this is no workflow run'
      : forStage.length > 0
        ? `only ${promoter ?? 'who started it, who is not known,'} approved it`
        : 'nobody approved this run for it'
  // Where it is not known who asks, nobody can be told apart from them.
  return { by, observed, waits: reviews !== null && !reviewed && mayAsk && promoter !== null }
}

function inIssue(
  issue: NonNullable<Consent['issue']>,
  { stage, promoter, consent }: Parameters<typeof approvalCheck>[0],
): Found {
  const { number, open } = issue
  if (consent.reviewed)
    return { by: [], observed: `the environment ${stage} has reviewers, so #${number} does not count`, waits: false }
  if (!open) return { by: [], observed: `#${number} is closed`, waits: false }
  const by = others(issue.by, promoter)
  const observed =
    by.length > 0 ? `approved by ${by.join(', ')} in #${number}` : `nobody who may approve it did so in #${number}`
  return { by, observed, waits: by.length === 0 }
}

function others(logins: string[], promoter: string | null): string[] {
  if (promoter === null) return []
  return [...new Set(logins.filter((login) => login.toLowerCase() !== promoter.toLowerCase()))]
}

/** Who approved, by the check that was judged; empty where the policy did not ask. */
export function approvedBy(checks: Check[]): string[] {
  const by = checks.find((c) => c.id === 'policy.approved')?.evidence.by
  return Array.isArray(by) ? by.filter((login) => typeof login === 'string') : []
}

/** Whether an approval in an issue is all that a change lacks. */
export function waitsForApproval(checks: Check[]): boolean {
  const broken = checks.filter((c) => c.status === 'failed' || c.status === 'errored')
  return broken.length === 1 && broken[0]!.id === 'policy.approved' && broken[0]!.evidence.waits === true
}

/** Who approves by one of these comments. Whether each may do so is for GitHub to say. */
export function approvers(
  remarks: { author: string; person: boolean; body: string; createdAt: string; edited: boolean }[],
  since: string,
): string[] {
  const meant = remarks.filter(
    (r) =>
      r.person && !r.edited && Date.parse(r.createdAt) >= Date.parse(since) && /^\/approve[ \t]*(\r?\n|$)/.test(r.body),
  )
  return [...new Set(meant.map((r) => r.author))]
}
