import { UserError } from '@mlops-actions/verdict'

/** What this machine is, in Docker's words: `linux/amd64`, `linux/arm64`; null where it is no Linux. */
export function ownPlatform(of: { platform: string; arch: string }): string | null {
  if (of.platform !== 'linux') return null
  return of.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64'
}

/** The platforms that are built for: those that were asked for, else this machine's. */
export function platformsOf(asked: string[], own: string | null): string[] {
  return asked.length > 0 ? asked : [own ?? 'linux/amd64']
}

/** The image is a Linux program: throws where this machine could not start it. */
export function requireStartable(platforms: string[], own: string | null): void {
  if (own !== null && platforms.includes(own)) return
  throw new UserError({
    code: 'SMOKE_TEST_PLATFORM',
    message: `The server for ${platforms.join(', ')} cannot be started on this machine (${own ?? 'no Linux'}).`,
    where: { key: 'smoke-test' },
    help:
      own === null
        ? 'Run this job on Linux, or set "smoke-test" to false.'
        : `Add ${own} to "platforms", or set "smoke-test" to false.`,
  })
}
