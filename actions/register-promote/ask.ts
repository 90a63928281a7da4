import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitHub, Issue } from '@mlops-actions/github'
import { type ChangeRequest, requestFile, requestKey, type StageLog, serialiseRequest } from '@mlops-actions/registry'
import { codeMarkdown, escapeMarkdown } from '@mlops-actions/report'
import type { Check } from '@mlops-actions/verdict'
import { holderSlot, holderText } from './holder.ts'
import type { RegistryContext } from './inputs.ts'
import type { StageChange } from './wanted.ts'

interface Asked extends StageChange {
  do: ChangeRequest['do']
  version: string
  /** What was judged. */
  checks: Check[]
  log: StageLog
}

/**
 * Asks in an issue for an approval of a change: what is asked stands in an artifact of this run, the issue shows it. Asked
 * again, the same issue is brought up to date, and only comments made after that count.
 */
export async function askForApproval(a: RegistryContext, github: GitHub, of: Asked): Promise<Issue> {
  const issue = await github.issues.rolling(requestKey(of), { title: titleOf(of), body: bodyOf(a, of) })
  const { number } = issue as Issue
  const request: ChangeRequest = {
    schema: 'mlops-actions/change-request@1',
    issue: number,
    do: of.do,
    model: of.model,
    stage: of.stage,
    version: of.version,
    holder: holderSlot(of.log, of.stage),
    who: of.who!,
    why: of.why,
    override_freeze: of.overrideFreeze,
    run_url: a.environment.runUrl ?? null,
    evidence: of.brought.map((t) => t.text),
  }
  const folder = join(a.folder, 'request')
  const file = join(folder, requestFile(number))
  await mkdir(folder, { recursive: true })
  await writeFile(file, serialiseRequest(request))
  await github.artifacts.uploadFile(file)
  return issue as Issue
}

const titleOf = ({ do: what, model, version, stage }: Asked) =>
  what === 'promote' ? `Promote ${model} ${version} to ${stage}?` : `Roll ${stage} of ${model} back to ${version}?`

function bodyOf(a: RegistryContext, of: Asked): string {
  const { do: what, model, version, stage, who, why, log } = of
  const wish =
    what === 'promote'
      ? `promote ${codeMarkdown(`${model} ${version}`)} to ${codeMarkdown(stage)}`
      : `roll ${codeMarkdown(stage)} of ${codeMarkdown(model)} back to ${codeMarkdown(version)}`
  const held = of.checks.filter((c) => c.id !== 'policy.approved')
  const lines = held.map((c) => `- ${c.status}: ${escapeMarkdown(c.title)} (${escapeMarkdown(c.observed)})`)
  const { runUrl } = a.environment
  return [
    `**${escapeMarkdown(who!)}** asks to ${wish}, which is held by ${escapeMarkdown(holderText(log, stage))}.`,
    `Why: ${why === null ? 'not stated' : escapeMarkdown(why)}.${runUrl === undefined ? '' : ` [The run that asks](${runUrl}) holds the report.`}`,
    'What was judged:',
    lines.join('\n'),
    `**To approve**, comment \`/approve\`. It takes somebody with write permission other than ${escapeMarkdown(who!)}. To refuse, close the issue. The request lapses when the stage changes hands meanwhile.`,
  ].join('\n\n')
}
