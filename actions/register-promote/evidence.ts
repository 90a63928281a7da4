import { createHash } from 'node:crypto'
import { digestFile, readText } from '@mlops-actions/files'
import type { GitHub } from '@mlops-actions/github'
import { boundTo, judged, readEvidence, type Version } from '@mlops-actions/registry'
import { parseVerdict, type Verdict } from '@mlops-actions/verdict'
import type { RegistryContext } from './inputs.ts'

export interface GatheredEvidence {
  verdicts: Verdict[]
  /** sha256 of evidence.json, and of the file of every other verdict. */
  digests: string[]
}

/** Verdicts on a version: those registered with it, those of the input, and those of this job that are about it. */
export async function evidenceOn(a: RegistryContext, github: GitHub, version: Version): Promise<GatheredEvidence> {
  const registered = await readEvidence(github, version)
  const given = await evidenceFiles(a)
  const bound = boundTo(version.manifest)
  const here = (await a.job.verdicts()).filter((s) => judged(s.verdict, bound))
  const digests = await Promise.all(here.map(async ({ file }) => (await digestFile(file)).sha256))
  return {
    verdicts: [...registered.verdicts, ...here.map((s) => s.verdict), ...given.verdicts],
    digests: [registered.sha256, ...digests, ...given.digests],
  }
}

/** The verdicts in the files that the input `evidence` names. */
export async function evidenceFiles(a: RegistryContext): Promise<GatheredEvidence> {
  const verdicts: Verdict[] = []
  const digests: string[] = []
  for (const file of a.inputs.evidence) {
    const text = await readText(file, a.roots)
    verdicts.push(parseVerdict(text, file))
    digests.push(createHash('sha256').update(text).digest('hex'))
  }
  return { verdicts, digests }
}
