import type { GitHub } from '@mlops-actions/github'
import type { Consent, Expect, Judgement, Move, StageLog, Version } from '@mlops-actions/registry'
import { UserError } from '@mlops-actions/verdict'
import { evidenceHere, type Testimony } from './evidence.ts'
import { givenFence } from './fence.ts'
import type { RegistryContext } from './inputs.ts'
import { changedStage, modelOf, namedVersion, registeredHere } from './named.ts'

/** A promotion or a rollback as somebody asked for it: by the inputs of this step, or in an issue. */
export interface Wanted {
  do: 'promote' | 'rollback'
  model: string
  stage: string
  /** For a rollback null: the version before. */
  version: string | null
  expect: Expect | null
  /** null where GitHub does not say. */
  who: string | null
  why: string | null
  overrideFreeze: boolean
  /** Verdicts besides those registered with the version. */
  evidence(version: Version): Promise<Testimony[]>
  /** The issue in which it was asked for; null for what this step's own inputs ask. */
  consent: Consent['issue']
  /** The same on every attempt; null outside GitHub. */
  request: string | null
}

/** A change of a stage as it is carried out: what is wanted, and what it is held to. */
export interface StageChange extends Omit<Wanted, 'do' | 'evidence'> {
  do: Move['do']
  policy: unknown
  /** Whether the repository's workflows are told. */
  dispatch: boolean
  /** Verdicts that were brought besides those registered with the version. */
  brought: Testimony[]
  judge(version: Version, log: StageLog): Promise<Judgement>
}

/** What the inputs ask for. */
export async function wantedOf(a: RegistryContext, github: GitHub, what: Wanted['do']): Promise<Wanted> {
  const model = modelOf(a)
  const stage = changedStage(a)
  const named = await namedVersion(a, github, model)
  const version = named ?? (what === 'promote' ? await registeredHere(a, model) : undefined)
  if (version === undefined && what === 'promote') throw noVersion()
  return {
    do: what,
    model,
    stage,
    version: version ?? null,
    expect: givenFence(a),
    who: a.environment.actor ?? null,
    why: a.inputs.reason ?? null,
    overrideFreeze: a.inputs['override-freeze'],
    evidence: (version) => evidenceHere(a, version),
    consent: null,
    request: requestOf(a),
  }
}

/** The same on every attempt of this step of this workflow run; null outside GitHub. */
export function requestOf(a: RegistryContext): string | null {
  const step = process.env.GITHUB_ACTION
  const { runUrl, job } = a.environment
  return runUrl === undefined || job === undefined || !step ? null : `${runUrl}#${job}/${step}`
}

function noVersion(): UserError {
  return new UserError({
    code: 'VERSION_UNNAMED',
    message: 'There is no version to promote: none was named, and this job registered none.',
    where: { key: 'version' },
    help: 'Give "version", for example v1.4.0 or churn#staging.',
  })
}
