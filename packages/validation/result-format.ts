import type { JsonObject } from '@mlops-actions/verdict'
import * as z from 'zod'
import type { Finding } from './definition.ts'

const levels = ['BOOLEAN_ONLY', 'BASIC', 'SUMMARY', 'COMPLETE'] as const

/** Great Expectations' `result_format`: how much of a result leaves. What else it may hold makes no difference here. */
export const resultFormat = z
  .union([
    z.enum(levels),
    z.looseObject({
      result_format: z.enum(levels).optional(),
      partial_unexpected_count: z.int().min(0).optional(),
      exclude_unexpected_values: z.boolean().optional(),
    }),
  ])
  .nullish()
  .transform((of): ResultFormat => {
    const { result_format: level, ...rest } = typeof of === 'string' ? { result_format: of } : (of ?? {})
    const { partial_unexpected_count: listed, exclude_unexpected_values: hidden } = rest as JsonObject
    return {
      successOnly: level === 'BOOLEAN_ONLY',
      ...(listed === undefined ? {} : { listed: listed as number }),
      hidden: hidden === true,
    }
  })

export interface ResultFormat {
  /** Nothing but whether it is so: no counts, no values, no lines. */
  successOnly: boolean
  /** At most so many values and lines. */
  listed?: number
  /** No values; their counts and lines stay. */
  hidden: boolean
}

/** What a finding shows under a format. */
export function formatted(finding: Finding, format: ResultFormat | undefined): Finding {
  if (format === undefined) return finding
  const { successOnly, listed, hidden } = format
  const { success, severity } = finding
  if (successOnly) {
    const observed = success ? 'as expected' : 'not as expected'
    return { success, observed, evidence: {}, ...(severity === undefined ? {} : { severity }) }
  }
  const { partial_unexpected_list: values, ...evidence } = finding.evidence
  if (values !== undefined && !hidden) evidence.partial_unexpected_list = values
  for (const key of ['partial_unexpected_list', 'unexpected_rows']) {
    const of = evidence[key]
    if (Array.isArray(of)) evidence[key] = of.slice(0, listed)
  }
  return {
    ...finding,
    evidence,
    ...(finding.sources === undefined ? {} : { sources: finding.sources.slice(0, listed) }),
  }
}
