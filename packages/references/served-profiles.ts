import { createHash } from 'node:crypto'
import { namesUrl, readProtectedText, withoutQuery } from '@mlops-actions/files'
import { merge, type Profile, parseProfile, recount } from '@mlops-actions/profile'
import { UserError } from '@mlops-actions/verdict'
import type { NamedSample } from './sample.ts'

/** Whether the current data are named as servers: by an address in any of the lines. */
export const namesServers = (current: string[]) => current.some(namesUrl)

/**
 * What running servers tell of the rows that they served (`GET /profile`), all together: each replica of a model is asked for
 * its own. Counted in the bins of the profile that it is compared with.
 * @param token what opens the profiles; it goes to these addresses and nowhere else
 * @throws UserError CURRENT_MIXED, PROFILE_INVALID, PROFILES_DIFFER, and what readProtectedText and recount throw
 */
export async function servedProfiles(urls: string[], token: string | undefined, bins?: Profile): Promise<NamedSample> {
  const file = urls.find((url) => !namesUrl(url))
  if (file !== undefined) throw mixed(file)
  const names = urls.map(withoutQuery)
  const texts: string[] = []
  for (const url of urls) texts.push(await readProtectedText({ url, token, key: 'current', tokenKey: 'current-token' }))
  const profiles = texts.map((text, i) => parseProfile(text, names[i]!))
  const whole = profiles.length === 1 ? profiles[0]! : merge(profiles, names)
  const name = names.join(', ')
  const digest = `sha256:${createHash('sha256').update(texts.join('')).digest('hex')}`
  return { sample: { profile: bins === undefined ? whole : recount(whole, bins, name) }, name, digest }
}

function mixed(file: string): UserError {
  return new UserError({
    code: 'CURRENT_MIXED',
    message: `"${file}" is a file, and other lines are addresses of servers.`,
    where: { key: 'current' },
    help: 'Name data files alone, or servers alone.',
  })
}
