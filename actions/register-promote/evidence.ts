import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { readText } from '@mlops-actions/files'
import type { GitHub } from '@mlops-actions/github'
import { boundTo, judged, readEvidence, type Version } from '@mlops-actions/registry'
import { parseVerdict, type Verdict } from '@mlops-actions/verdict'
import type { RegistryContext } from './inputs.ts'

/** A verdict, and the text that it was read from. */
export interface Testimony {
  text: string
  verdict: Verdict
}

export interface GatheredEvidence {
  verdicts: Verdict[]
  /** sha256 of evidence.json, and of the text of every other verdict. */
  digests: string[]
}

/** Verdicts on a version: those registered with it, and those brought now. */
export async function evidenceOn(github: GitHub, version: Version, brought: Testimony[]): Promise<GatheredEvidence> {
  const registered = await readEvidence(github, version)
  return {
    verdicts: [...registered.verdicts, ...brought.map((t) => t.verdict)],
    digests: [registered.sha256, ...brought.map((t) => createHash('sha256').update(t.text).digest('hex'))],
  }
}

/** What this job brings: verdicts of its steps that are about the version, and the files of the input `evidence`. */
export async function evidenceHere(a: RegistryContext, version: Version): Promise<Testimony[]> {
  const bound = boundTo(version.manifest)
  const here = (await a.job.verdicts()).filter((s) => judged(s.verdict, bound))
  const steps = here.map(async ({ file, verdict }) => ({ text: await readFile(file, 'utf8'), verdict }))
  return [...(await Promise.all(steps)), ...(await evidenceFiles(a))]
}

/** The verdicts in the files that the input `evidence` names. */
export async function evidenceFiles(a: RegistryContext): Promise<Testimony[]> {
  const found: Testimony[] = []
  for (const file of a.inputs.evidence) {
    const text = await readText(file, a.roots)
    found.push({ text, verdict: parseVerdict(text, file) })
  }
  return found
}
