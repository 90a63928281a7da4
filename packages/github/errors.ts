import { UserError } from '@mlops-actions/verdict'
import { type Need, type Permission, permissionsLine, permissionsYaml } from './permissions.ts'

/**
 * A write whose effect is not known: the answer was lost, or it was a 5xx. Whoever wrote reads back and decides; where
 * nobody does, the person is told to run the job again, which finishes what is there.
 */
export class Unclear extends UserError {
  constructor(what: string, reason: string, cause?: unknown) {
    super({
      code: 'GITHUB_UNCLEAR',
      message: `GitHub gave no clear answer to "${what}" (${reason}); it may or may not have happened.`,
      help: 'Run the job again: it reads what is there and finishes it, nothing is done twice.',
      cause,
    })
    this.name = 'Unclear'
  }
}

/** A request that GitHub understood and refused: 404, 409, 410, 413, 422 and other 4xx that are not about rights. */
export class Rejected extends UserError {
  readonly status: number
  /** GitHub's machine words, e.g. `already_exists`, where the answer holds them. */
  readonly reasons: string[]

  constructor(what: string, status: number, message: string, reasons: string[]) {
    super({
      code: 'GITHUB_REJECTED',
      message: `GitHub refused "${what}" with ${status}: ${message}`,
      help: 'Check that the thing named exists in this repository and that the values given are within GitHub’s limits.',
    })
    this.name = 'Rejected'
    this.status = status
    this.reasons = reasons
  }
}

export interface Refused {
  what: string
  status: number
  /** GitHub's words. */
  message: string
  permission: Permission
  /** All that the work needs, of which this call is a part: nobody is sent through the log for one right after the other. */
  needs: readonly Need[]
}

export function permissionError({ what, status, message, permission, needs }: Refused): UserError {
  const all = [...needs, { permission, why: '' }]
  const help =
    status === 401
      ? `Pass a valid token as github-token (default: \${{ github.token }}), of a job with ${permissionsLine(all)}.`
      : `Add to the job, and keep what its other steps need, for a permission that is not named is none (a pull request from a fork, or from Dependabot, may have read rights only, whatever is written there: do this on a push instead):\n${permissionsYaml(all)}`
  return new UserError({
    code: 'GITHUB_PERMISSION',
    message: `GitHub refused "${what}" with ${status} (${message}): the token lacks "${permission}".`,
    help,
  })
}

export function unreachable(what: string, where: string, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'GITHUB_UNREACHABLE',
    message: `GitHub could not be reached for "${what}" at ${where}: ${reason}.`,
    help: 'Check the network, the proxy (https_proxy, no_proxy) and githubstatus.com, then run the job again.',
    cause,
  })
}
