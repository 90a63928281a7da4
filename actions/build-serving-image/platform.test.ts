import { describe, expect, it } from 'vitest'
import { ownPlatform, platformsOf, requireStartable } from './platform.ts'

describe('where the server of an image can be tried', () => {
  const start = (asked: string[], of: { platform: string; arch: string }) => {
    const own = ownPlatform(of)
    requireStartable(platformsOf(asked, own), own)
  }

  it('is a Linux of one of its platforms', () => {
    expect(() => start([], { platform: 'linux', arch: 'x64' })).not.toThrow()
    expect(() => start([], { platform: 'linux', arch: 'arm64' })).not.toThrow()
    expect(() => start(['linux/arm64', 'linux/amd64'], { platform: 'linux', arch: 'x64' })).not.toThrow()
  })

  it.each(['darwin', 'win32'])('is not %s, and the error says what to do', (platform) => {
    expect(platformsOf([], ownPlatform({ platform, arch: 'arm64' }))).toEqual(['linux/amd64'])
    expect(() => start([], { platform, arch: 'x64' })).toThrow(
      expect.objectContaining({ code: 'SMOKE_TEST_PLATFORM', help: expect.stringContaining('Linux') }),
    )
  })

  it('is not a Linux of another processor', () => {
    expect(() => start(['linux/arm64'], { platform: 'linux', arch: 'x64' })).toThrow(
      expect.objectContaining({ help: expect.stringContaining('Add linux/amd64') }),
    )
  })
})
