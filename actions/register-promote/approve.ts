import type { GitHub, Remark } from '@mlops-actions/github'
import { approvers, type ChangeRequest, parseRequest, requestFile } from '@mlops-actions/registry'
import { escapeMarkdown } from '@mlops-actions/report'
import { breaks, parseVerdict, UserError } from '@mlops-actions/verdict'
import type { RegistryContext } from './inputs.ts'
import { promotion } from './promote.ts'
import { rollingBack } from './rollback.ts'
import type { Wanted } from './wanted.ts'

/** Carries out what an issue asks for, once somebody who may approve it did so there. */
export async function approve(a: RegistryContext) {
  const github = await a.github()
  const number = issueOf(a)
  const { request, since } = await readRequest(github, number)
  const open = (await github.issues.state(number)) === 'open'
  const by = open ? await approvedThere(github, number, since) : []
  const wanted: Wanted = {
    do: request.do,
    model: request.model,
    stage: request.stage,
    version: request.version,
    expect: request.holder,
    who: request.who,
    why: request.why,
    overrideFreeze: request.override_freeze,
    evidence: async () => request.evidence.map((text) => ({ text, verdict: parseVerdict(text, requestFile(number)) })),
    consent: { number, open, by },
    request: `${github.serverUrl}/${github.repository}/issues/${number}#${since}`,
  }
  const finished = await (request.do === 'promote' ? promotion : rollingBack)(a, github, wanted)
  if (open) await a.attempt(`answer in #${number}`, () => answer(a, github, number, finished))
  return finished
}

function issueOf(a: RegistryContext): number {
  const given = a.inputs.issue ?? ''
  if (/^[1-9]\d{0,9}$/.test(given)) return Number(given)
  throw new UserError({
    code: given === '' ? 'INPUT_REQUIRED' : 'INPUT_INVALID',
    message: given === '' ? 'The number of the issue is missing.' : `The input "issue" is no number: "${given}".`,
    where: { key: 'issue' },
    help:
      'Give the number of the issue in which the promotion was asked for: `issue: $' +
      '{{ github.event.issue.number }}`.',
  })
}

/** The newest request for an issue that a workflow of the default branch made, and when GitHub stored it. */
async function readRequest(github: GitHub, issue: number): Promise<{ request: ChangeRequest; since: string }> {
  const name = requestFile(issue)
  const { defaultBranch } = await github.about()
  for await (const { id, runId, expired, createdAt } of github.artifacts.list({ name })) {
    // A pull request may store an artifact of any name: only what the default branch's workflows stored counts.
    if (expired || runId === null || !(await github.approvals.ranOn(runId, defaultBranch))) continue
    const request = parseRequest(await textOf(github, id, name), name)
    if (request.issue === issue) return { request, since: createdAt }
  }
  throw new UserError({
    code: 'REQUEST_MISSING',
    message: `Nothing is asked for in #${issue}: no run on the default branch left a request for it, or it has expired.`,
    where: { key: 'issue' },
    help: 'Run the promotion again; it asks in the issue once more.',
  })
}

/** Evidence is some kilobytes; what is larger than this is none of ours. */
const longest = 8_000_000

async function textOf(github: GitHub, artifact: number, name: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of github.artifacts.download(artifact)) {
    size += chunk.length
    if (size > longest)
      throw new UserError({
        code: 'REQUEST_INVALID',
        message: `The artifact ${name} is larger than a request can be.`,
        help: 'Run the promotion again; it asks in the issue once more.',
      })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Who commented an approval, and may write to the repository. */
async function approvedThere(github: GitHub, issue: number, since: string): Promise<string[]> {
  const remarks: Remark[] = []
  for await (const remark of github.comments.all(issue)) remarks.push(remark)
  const entitled: string[] = []
  for (const login of approvers(remarks, since)) {
    const permission = await github.approvals.permission(login)
    if (permission === 'admin' || permission === 'write') entitled.push(login)
  }
  return entitled
}

type Finished = Awaited<ReturnType<typeof promotion>>

/** Tells in the issue what came of it, and closes it where it is done. */
async function answer(a: RegistryContext, github: GitHub, issue: number, { verdict }: Finished): Promise<void> {
  const done = verdict.context.outcome === 'moved' || verdict.context.outcome === 'held'
  const { runUrl } = a.environment
  const lines = breaks(verdict).map((c) => `- ${escapeMarkdown(c.title)}: ${escapeMarkdown(c.observed)}`)
  const said = done ? 'Done: the stage has changed hands.' : `Not done:\n\n${lines.join('\n')}`
  const report = runUrl === undefined ? '' : `\n\n[The report](${runUrl})`
  await github.comments.upsert(issue, `approval:${issue}`, `${said}${report}`)
  if (done) await github.issues.close(issue)
}
