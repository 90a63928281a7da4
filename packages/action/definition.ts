import type { GitHub, Need } from '@mlops-actions/github'
import type { Report } from '@mlops-actions/report'
import type { Job } from '@mlops-actions/runs'
import type { Base, Settings } from '@mlops-actions/settings'
import type { Json, JsonObject, Verdict, VerdictKind } from '@mlops-actions/verdict'
import type { Environment } from './environment.ts'
import { choice, type Input, secret, text, textOr, type Values } from './inputs.ts'
import type { Log } from './log.ts'

/** Inputs that every action takes. */
export const commonInputs = {
  'config-file': textOr(
    'mlops.yaml',
    "Path of the project's settings. The file is optional; a path other than the default must exist.",
  ),
  'github-token': {
    ...secret('Token for the GitHub API. It is sent to GitHub only.'),
    default: '$' + '{{ github.token }}',
  },
  'fail-on': choice(
    ['failed', 'warned', 'never'],
    'failed',
    'The verdict that ends the step with exit code 1: failed, warned (failed or warned), or never. An error always ends it with 2.',
  ),
  'output-directory': text('Folder for the report files. Default: a folder of this step under RUNNER_TEMP.'),
}

/** Outputs that every action sets, on every path. */
export const commonOutputs = {
  verdict: 'passed, warned or failed; error where there could be no verdict',
  passed: 'true when the verdict is passed or warned',
  'report-json': 'Path of the verdict as JSON; of error.json on an error',
  'report-markdown': 'Path of the report as Markdown',
  'report-html': 'Path of the report as one self-contained HTML file',
}

export type AnyInputs = Record<string, Input<unknown>>

/** A right of the job's token that an action needs. */
export interface ActionNeed<V> extends Need {
  /** What becomes of the step where the token lacks it. */
  without: string
  /** Whether this step needs it; every step does where it is left out. */
  when?(inputs: V): boolean
}

/** What an action is: its name, its inputs and outputs as documented, and its work. */
export interface Definition<I extends AnyInputs, O extends Record<string, string>> {
  name: string
  /** One sentence for action.yml. */
  description: string
  /** The kind of its verdict, which names its JSON file. */
  kind: VerdictKind
  inputs: I
  /** Output name -> description. */
  outputs: O
  /** Every right that it can need; README tables and the errors of a 403 are made of it. */
  permissions: ActionNeed<Values<I>>[]
  /** Default of `fail-on`, where it is not `failed`. */
  failOn?: 'never'
  /** Its verdict is one that another step has reached: shown again, but neither annotated nor handed on a second time. */
  showsOthers?: true
  run(a: Context<I, O>): Promise<Finished>
}

/** Everything an action works with. */
export interface Context<I extends AnyInputs, O extends Record<string, string>> {
  name: string
  inputs: Values<I & typeof commonInputs>
  settings: Settings
  environment: Environment
  /** Folders that paths may lie in: for @mlops-actions/files. */
  roots: { workspace: string; temp: string }
  job: Job
  /** Where this step writes its files. */
  folder: string
  log: Log
  now: Date
  /** The door to GitHub; a UserError where there is no token or no repository. */
  github(): Promise<GitHub>
  /** The rules that count: those of the base (DESIGN: a branch cannot loosen the rules it is judged by). */
  base(): Promise<Base>
  /** A side effect whose failure must not change the verdict: warned of and listed in the report. */
  attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined>
  /** The context of a verdict: who, where, when. */
  context(more?: Record<string, unknown>): JsonObject
  /** The end of the action: its verdict, its outputs, and what else the report shows. */
  finish(verdict: Verdict, outputs: Outputs<O>, report?: Partial<Report>): Finished
}

export type Outputs<O> = { [K in keyof O]: string | number | boolean | Json }

export interface Finished {
  verdict: Verdict
  outputs: Record<string, string>
  report: Partial<Report>
}
