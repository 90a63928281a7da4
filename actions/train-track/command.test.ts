import { describe, expect, it, vi } from 'vitest'
import { bash, runCommand } from './command.ts'

describe('the shell of a training command', () => {
  const git = 'C:\\Program Files\\Git\\bin\\bash.exe'

  it("is bash, and on Windows Git's own where it is there", () => {
    expect(bash('linux', {}, () => true)).toBe('bash')
    expect(bash('darwin', {}, () => true)).toBe('bash')
    expect(bash('win32', { ProgramFiles: 'C:\\Program Files' }, (path) => path === git)).toBe(git)
    expect(bash('win32', {}, (path) => path === git)).toBe(git)
    expect(bash('win32', { ProgramFiles: 'D:\\Programs' }, (path) => path === git)).toBe('bash')
  })

  it('is said to be missing where there is none', async () => {
    vi.stubEnv('PATH', '/nowhere')
    await expect(runCommand('true', '.', {})).rejects.toMatchObject({
      code: 'BASH_MISSING',
      help: expect.stringContaining('Git for Windows'),
    })
    vi.unstubAllEnvs()
  })
})
