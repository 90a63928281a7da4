import { boundTo, type Expect, judged, newest, requireVersion, type Version } from '@mlops-actions/registry'
import type { Verdict } from '@mlops-actions/verdict'
import type { RegistryContext } from './inputs.ts'

/** The fence that the input gives: a slot, a version, or `none`; null where it is empty. */
export function givenFence(a: RegistryContext): Expect | null {
  const given = a.inputs.expect
  if (given === undefined) return null
  if (given === 'none') return 'none'
  return /^[1-9]\d{0,8}$/.test(given) ? Number(given) : requireVersion(given)
}

/** The slot that the newest comparison of this version with this stage compared with; null without one. */
export function comparedFence(verdicts: Verdict[], version: Version, stage: string): number | 'none' | null {
  const bound = boundTo(version.manifest)
  const about = verdicts.filter((v) => {
    const baseline = v.subject.baseline
    if (typeof baseline !== 'object' || baseline === null || Array.isArray(baseline)) return false
    return judged(v, bound) && baseline.model === version.model && baseline.stage === stage
  })
  const slot = (newest(about, 'comparison')?.subject.baseline as { slot?: unknown } | undefined)?.slot
  return typeof slot === 'number' || slot === 'none' ? slot : null
}
