import { type Check, check } from '@mlops-actions/verdict'
import type { ModelFacts } from './facts.ts'

/** Whether GitHub freezes what is published, as the newest release shows it. Advice: it always passes. */
export function immutableCheck(models: Pick<ModelFacts, 'releases'>[]): Check[] {
  const published = models.flatMap((m) => m.releases).filter((r) => !r.draft)
  const newest = published.sort((a, b) => b.id - a.id)[0]
  if (newest === undefined) return []
  return [
    check(true, {
      id: 'registry.immutable',
      title: 'Whether releases are frozen when they are published',
      subject: 'releases',
      observed: newest.immutable
        ? `on: ${newest.tag}, the newest, is immutable`
        : `off: files of ${newest.tag}, the newest, may be changed by anybody who may push`,
      expected: 'on, or off',
      ...(newest.immutable
        ? {}
        : {
            detail:
              'Digests show a change in any case. To forbid it: Settings, General, Releases, Enable release immutability; or gh api -X PUT repos/{owner}/{repo}/immutable-releases. It holds for releases published from then on.',
          }),
      evidence: { immutable: newest.immutable, tag: newest.tag },
    }),
  ]
}
