import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareVersions,
  highestVersion,
  nextVersion,
  parseTagName,
  requireName,
  slotTag,
  versionTag,
} from './names.ts'

/** GTO 1.10's own grammar of names (gto/constants.py). */
const gtoName = /^[a-zA-Z0-9]([a-zA-Z0-9-/_]*[a-zA-Z0-9])?$/

describe('names', () => {
  it('accepts only what GTO can read', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 70 }), (text) => {
        let fits = true
        try {
          requireName('model', text)
        } catch {
          fits = false
        }
        if (fits) expect(text).toMatch(gtoName)
      }),
    )
    for (const bad of ['', 'a.b', 'Churn', '-a', 'a-', 'a_', 'a'.repeat(64), 'a/b', 'a b'])
      expect(() => requireName('model', bad)).toThrow('cannot name a model')
    for (const good of ['a', 'churn', 'churn-v2_eu', '2', 'a'.repeat(63)]) expect(requireName('model', good)).toBe(good)
  })

  it('reads back every tag it writes, and no other', () => {
    expect(parseTagName(versionTag('churn', 'v1.4.0-rc.1'))).toEqual({
      kind: 'version',
      model: 'churn',
      version: 'v1.4.0-rc.1',
    })
    expect(parseTagName(slotTag('churn', 'production', 10))).toMatchObject({ stage: 'production', n: 10 })
    const foreign = ['churn@v1.4.0!', 'churn#production!#4', 'churn@deprecated', 'churn#production', 'churn@1.4.0']
    const wrong = ['churn@v1.4', 'churn#production#0', 'churn#production#01', 'v1.4.0', 'churn@v01.0.0']
    for (const tag of [...foreign, ...wrong]) expect(parseTagName(tag)).toBeUndefined()
  })
})

describe('versions', () => {
  it('orders as SemVer says', () => {
    const ordered = [
      'v1.0.0-alpha',
      'v1.0.0-alpha.1',
      'v1.0.0-alpha.beta',
      'v1.0.0-beta',
      'v1.0.0-beta.2',
      'v1.0.0-beta.11',
    ]
    ordered.push('v1.0.0-rc.1', 'v1.0.0', 'v1.2.0', 'v1.10.0', 'v2.0.0')
    expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered)
  })

  it('counts on', () => {
    expect(nextVersion(undefined, 'minor')).toBe('v1.0.0')
    expect(nextVersion('v1.9.3', 'minor')).toBe('v1.10.0')
    expect(nextVersion('v1.9.3', 'patch')).toBe('v1.9.4')
    expect(nextVersion('v1.9.3', 'major')).toBe('v2.0.0')
  })

  // What npm's semver gives for the same.
  it.each([
    ['v2.0.0-rc.1', 'v2.0.0', 'v2.0.0', 'v2.0.0'],
    ['v2.1.0-rc.1', 'v2.1.0', 'v2.1.0', 'v3.0.0'],
    ['v2.1.3-rc.1', 'v2.1.3', 'v2.2.0', 'v3.0.0'],
    ['v2.1.3+build.7', 'v2.1.4', 'v2.2.0', 'v3.0.0'],
  ])('counts on from %s', (highest, patch, minor, major) => {
    expect((['patch', 'minor', 'major'] as const).map((bump) => nextVersion(highest, bump))).toEqual([
      patch,
      minor,
      major,
    ])
  })

  it('the highest one is no pre-release, unless there is nothing else', () => {
    expect(highestVersion(['v1.10.0', 'v2.0.0-rc.1', 'v1.9.0'])).toBe('v1.10.0')
    expect(highestVersion(['v1.0.0-rc.2', 'v1.0.0-rc.10'])).toBe('v1.0.0-rc.10')
    expect(highestVersion([])).toBeUndefined()
  })
})
