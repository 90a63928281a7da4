import { join } from 'node:path'
import { action, type Context, count, text, unsupported } from '@mlops-actions/action'
import { insidePath } from '@mlops-actions/files'
import { commentLimit, type Report, reportMarkdown } from '@mlops-actions/report'
import { UserError, type Verdict, worstStatus } from '@mlops-actions/verdict'
import { headOf, pullRequestOf, uploadBundle, writeBundle } from './publish.ts'
import { folderReports, jobReports } from './reports.ts'

const inputs = {
  reports: text('Folder with the reports of other jobs. Default: the reports of this job.'),
  model: text('Name of the model: each has a comment of its own. Default: `model` of mlops.yaml.'),
  'pull-request': count('Number of the pull request. Default: the one that the event is about.'),
  'artifact-run-id': unsupported('The workflow run whose reports to show, for workflow_run.'),
}

const outputs = {
  'comment-id': 'Id of the comment; empty where none was written',
  'comment-url': 'Address of the comment; empty where none was written',
}

type ReportContext = Context<typeof inputs, typeof outputs>

export const main = action({
  name: 'pr-report',
  description:
    'Shows what all steps found in one report: a comment on the pull request, the job summary and an artifact.',
  // The kind that its verdict has is that of the worst verdict it shows.
  kind: 'training',
  permissions: [
    {
      permission: 'pull-requests: write',
      why: 'write the comment',
      without: 'the report is in the job summary and the artifact',
    },
  ],
  inputs,
  outputs,
  failOn: 'never',
  showsOthers: true,
  async run(a) {
    const found = a.inputs.reports
      ? await folderReports(await insidePath(a.inputs.reports, a.roots), a.inputs.reports)
      : await jobReports(a.job)
    if (found.verdicts.length === 0) throw nothingToReport(a.inputs.reports)

    a.log.info(`Verdicts to show: ${found.verdicts.length}`)
    const model = modelOf(a)
    const commit = headOf(a.environment.event?.payload) ?? a.environment.sha
    const report: Report = {
      title: 'Model report',
      ...(model === undefined ? {} : { model }),
      verdicts: found.verdicts,
      ...(found.run === undefined ? {} : { run: found.run }),
      facts: commit === undefined ? [] : [{ label: 'Commit', value: commit.slice(0, 8) }],
      links: a.environment.runUrl === undefined ? [] : [{ label: 'Workflow run', url: a.environment.runUrl }],
      notes: [],
      generated: a.now.toISOString(),
    }
    await keep(a, report, found.files)
    const comment = await commentOn(a, report)
    return a.finish(
      worstOf(found.verdicts),
      { 'comment-id': comment ? String(comment.id) : '', 'comment-url': comment?.url ?? '' },
      report,
    )
  },
})

/** The verdict of the report is the worst it shows, as it stands. */
function worstOf(verdicts: Verdict[]): Verdict {
  const status = worstStatus(verdicts.map((v) => v.status))
  return verdicts.find((v) => v.status === status)!
}

function modelOf(a: ReportContext): string | undefined {
  return a.inputs.model ?? a.settings.values.model
}

/** Without a model's name, jobs keep their reports apart. */
function keyOf(a: ReportContext): string {
  return modelOf(a) ?? a.environment.job ?? 'model'
}

/** Stores the whole report as an artifact, and links to it. */
async function keep(a: ReportContext, report: Report, files: string[]): Promise<void> {
  const folder = join(a.folder, 'report')
  const bundle = await writeBundle(folder, report, files)
  if (!process.env.ACTIONS_RUNTIME_TOKEN) {
    report.notes?.push('No artifact was written: this job has no artifact service.')
    return
  }
  const { job = 'job', runAttempt = '1', runUrl } = a.environment
  const name = `mlops-report-${[keyOf(a), job, runAttempt].join('-').replace(/[^\w.@-]/g, '_')}`
  const kept = await a.attempt('upload the report', async () =>
    uploadBundle((await a.github()).artifacts, name, bundle, folder),
  )
  if (kept && runUrl) report.links?.push({ label: 'Full report', url: `${runUrl}/artifacts/${kept.id}` })
}

async function commentOn(a: ReportContext, report: Report): Promise<{ id: number; url: string } | undefined> {
  const number = a.inputs['pull-request'] ?? pullRequestOf(a.environment.event?.payload)
  if (number === undefined) {
    a.log.info('There is no pull request to comment on; the report is in the job summary.')
    return undefined
  }
  const body = reportMarkdown(report, { limit: commentLimit })
  return a.attempt(`comment on pull request ${number}`, async () =>
    (await a.github()).comments.upsert(number, `report:${keyOf(a)}`, body),
  )
}

function nothingToReport(folder: string | undefined): UserError {
  return new UserError({
    code: 'REPORTS_MISSING',
    message:
      folder === undefined ? 'No earlier step of this job left a report.' : `The folder ${folder} holds no reports.`,
    where: { key: 'reports' },
    help: 'Run this after steps of this pack in the same job, or give "reports" the folder into which those of another job were downloaded.',
  })
}
