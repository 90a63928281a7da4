import { parseDocument } from '@mlops-actions/document'
import * as z from 'zod'

const changeRequest = z.strictObject({
  schema: z.literal('mlops-actions/change-request@1'),
  /** The issue in which it is asked for: a request counts for no other. */
  issue: z.number(),
  do: z.enum(['promote', 'rollback']),
  model: z.string(),
  stage: z.string(),
  version: z.string(),
  /** The slot that held the stage when it was asked: who approves, approves to replace that one. */
  holder: z.union([z.number(), z.literal('none')]),
  who: z.string(),
  why: z.string().nullable(),
  override_freeze: z.boolean(),
  run_url: z.string().nullable(),
  /** Texts of verdicts that are not registered with the version: what the asking job had found. */
  evidence: z.array(z.string()),
})

/**
 * A change of a stage that waits for somebody's approval. It is kept as an artifact of the run that asks, which nobody can
 * edit, and not in the issue, which everybody with write permission can.
 */
export type ChangeRequest = z.output<typeof changeRequest>

export const requestFile = (issue: number) => `mlops-change-request-${issue}.json`

/** What an issue is known by: one is open at most for a version and a stage. */
export const requestKey = (of: Pick<ChangeRequest, 'do' | 'model' | 'stage' | 'version'>) =>
  `${of.do}:${of.model}@${of.version}:${of.stage}`

export const serialiseRequest = (of: ChangeRequest) => `${JSON.stringify(of, null, 2)}\n`

/** A request as its artifact holds it; a UserError where it is none. */
export const parseRequest = (text: string, origin: string): ChangeRequest =>
  parseDocument(text, origin, changeRequest, 'REQUEST_INVALID')
