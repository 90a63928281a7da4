import type { Incoming, Reply } from './http.ts'

const HOUR = 3600_000
const MINUTE = 60_000

interface Window {
  resets: number
  used: number
}

/** GitHub's request limits: the primary one always, the secondary ones (which no client can query) where asked for. */
export class Limits {
  private readonly perHour: number
  private readonly secondary: boolean
  private readonly primary = new Map<string, Window>()
  private readonly recent: { at: number; points: number; creates: boolean }[] = []

  constructor(perHour: number, secondary: boolean) {
    this.perHour = perHour
    this.secondary = secondary
  }

  /** Counts a call of a token for `repository`: the headers to send, and a refusal where the limit is reached. */
  count(repository: string, request: Incoming): { headers: Record<string, string>; refusal?: Reply } {
    const at = Date.now()
    let window = this.primary.get(repository)
    if (!window || window.resets <= at) {
      window = { resets: at + HOUR, used: 0 }
      this.primary.set(repository, window)
    }
    const spent = window.used >= this.perHour
    if (!spent) window.used += 1
    const headers = {
      'x-ratelimit-limit': String(this.perHour),
      'x-ratelimit-remaining': String(this.perHour - window.used),
      'x-ratelimit-used': String(window.used),
      'x-ratelimit-reset': String(Math.ceil(window.resets / 1000)),
      'x-ratelimit-resource': 'core',
    }
    if (spent) return { headers, refusal: refuse('API rate limit exceeded for installation.', {}) }
    if (this.secondary && this.tooFast(at, request))
      return {
        headers,
        refusal: refuse('You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', {
          'retry-after': '60',
        }),
      }
    return { headers }
  }

  /** 900 points a minute (a read 1, a write 5), 80 calls a minute and 500 an hour that create content. */
  private tooFast(at: number, request: Incoming): boolean {
    const creates = !['GET', 'HEAD'].includes(request.method)
    while (this.recent[0] && this.recent[0].at <= at - HOUR) this.recent.shift()
    const points = creates ? 5 : 1
    const lastMinute = this.recent.filter((one) => one.at > at - MINUTE)
    const sum = lastMinute.reduce((total, one) => total + one.points, points)
    const tooMany =
      creates &&
      (lastMinute.filter((one) => one.creates).length >= 80 || this.recent.filter((one) => one.creates).length >= 500)
    if (sum > 900 || tooMany) return true
    this.recent.push({ at, points, creates })
    return false
  }
}

const refuse = (message: string, headers: Record<string, string>): Reply => ({
  status: 403,
  headers,
  json: { message, documentation_url: 'https://docs.github.com/rest', status: '403' },
})
