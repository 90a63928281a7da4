import { join } from 'node:path'
import { insidePath } from '@mlops-actions/files'
import { readHolder } from '@mlops-actions/references'
import { download as downloadFiles, openVersion, readLog, versionChecks } from '@mlops-actions/registry'
import { type Check, check, UserError, verdict } from '@mlops-actions/verdict'
import { type RegistryContext, results } from './inputs.ts'
import { modelOf, namedVersion, stageOf } from './named.ts'

/** Downloads files of a version, or of the holder of a stage; each appears only with the digest it was registered with. */
export async function download(a: RegistryContext) {
  const model = modelOf(a)
  const github = await a.github()
  const named = await namedVersion(a, github, model)
  const stage = named === undefined ? stageOf(a) : undefined
  const holder = stage === undefined ? undefined : await readHolder(github, model, stage)
  const version = named ?? (holder === undefined || holder.slot === 'none' ? undefined : holder.slot.version)
  if (version === undefined || version === null) throw nobody(model, stage ?? '')

  const opened = await openVersion(github, holder?.log ?? (await readLog(github, model)), version)
  const checks: Check[] = [...(holder?.checks ?? []), ...(await versionChecks(github, opened))]
  let files: string[] = []
  if (!checks.some((c) => c.status === 'failed')) {
    const folder = a.inputs.path === undefined ? join(a.folder, 'files') : await insidePath(a.inputs.path, a.roots)
    const names = a.inputs.files.length > 0 ? a.inputs.files : undefined
    try {
      files = await a.log.group(`Download ${opened.tag}`, () => downloadFiles(github, opened, folder, names))
      checks.push(downloaded(opened.tag, files.length))
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'DIGEST_DIFFERS') throw error
      checks.push(differs(opened.tag, error))
    }
  }
  const release = opened.release === 'absent' ? undefined : opened.release
  const slot = holder === undefined || holder.slot === 'none' ? '' : String(holder.slot.n)
  const subject = { name: model, version, model: opened.manifest.files[0]!.sha256 }
  return a.finish(
    verdict('registry', subject, checks, a.context({ operation: 'download' })),
    results({
      version,
      tag: opened.tag,
      'release-id': release?.id ?? '',
      'release-url': release?.url ?? '',
      stage: stage ?? '',
      slot,
      manifest: files.find((f) => f.endsWith('manifest.json')) ?? '',
      files,
    }),
    { title: `Download of ${opened.tag}`, model, facts: files.map((f) => ({ label: 'File', value: f })) },
  )
}

function downloaded(tag: string, count: number): Check {
  return check(true, {
    id: 'registry.download',
    title: `The files of ${tag} were downloaded`,
    subject: tag,
    observed: `${count} files, each with its digest`,
    expected: 'the bytes that were registered',
  })
}

function differs(tag: string, error: UserError): Check {
  return check(false, {
    id: 'registry.download',
    title: `The files of ${tag} were downloaded`,
    subject: tag,
    observed: error.message,
    expected: 'the bytes that were registered',
    detail: error.help,
  })
}

function nobody(model: string, stage: string): UserError {
  return new UserError({
    code: 'STAGE_EMPTY',
    message: `Nobody holds ${model}#${stage}.`,
    where: { key: 'stage' },
    help: 'Name a version, for example v1.4.0, or promote one to the stage first.',
  })
}
