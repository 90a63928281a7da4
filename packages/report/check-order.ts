import type { Check, CheckStatus } from '@mlops-actions/verdict'

const rank: Record<CheckStatus, number> = { errored: 0, failed: 1, warned: 2, skipped: 3, passed: 4 }

/** The checks, worst first; those of one status keep their order. */
export function worstFirst(checks: Check[]): Check[] {
  return [...checks].sort((a, b) => rank[a.status] - rank[b.status])
}

/** Whether a check keeps its verdict from passing without remark. */
export function isBreak(check: Check): boolean {
  return rank[check.status] < rank.skipped
}
