import type { Incoming, Reply } from './http.ts'

/** One failure that a test orders: which call it hits, what the caller sees, and whether the call took effect. */
export interface Fault {
  /** The nth matching call from now, counted from 1. */
  nth: number
  /** Which calls count: by default every POST, PATCH, PUT and DELETE. */
  methods?: string[]
  /** Only calls whose decoded path matches count. */
  path?: RegExp
  /** Which origins count: by default API and uploads, where GitHub's state is written. */
  origins?: OriginName[]
  /** The status to answer with, or a connection closed without an answer. */
  answer: number | 'drop'
  /**
   * `none`: nothing happened; `applied`: it happened and nobody was told;
   * `starter`: an upload of an asset broke off and left an empty asset in state `starter`.
   */
  effect: 'none' | 'applied' | 'starter'
  message?: string
  headers?: Record<string, string>
  /** Called when the fault strikes, before any effect of it is seen: the place to kill a client. */
  strike?: () => void
}

export type OriginName = 'api' | 'uploads' | 'results' | 'blobs'

interface Pending {
  fault: Fault
  seen: number
}

const writes = ['POST', 'PATCH', 'PUT', 'DELETE']

/** The failures ordered and not yet struck. */
export class Faults {
  private pending: Pending[] = []
  /** How many faults have struck. */
  struck = 0

  order(fault: Fault): void {
    this.pending.push({ fault, seen: 0 })
  }

  clear(): void {
    this.pending = []
  }

  /** Counts a call and gives the fault that strikes it, if one does. */
  take(origin: OriginName, request: Incoming): Fault | undefined {
    let hit: Pending | undefined
    for (const one of this.pending) {
      const { fault } = one
      if (!(fault.origins ?? ['api', 'uploads']).includes(origin)) continue
      if (!(fault.methods ?? writes).includes(request.method)) continue
      if (fault.path && !fault.path.test(decodeURIComponent(request.path))) continue
      one.seen += 1
      if (one.seen === fault.nth) hit ??= one
    }
    if (!hit) return undefined
    this.pending = this.pending.filter((one) => one !== hit)
    this.struck += 1
    hit.fault.strike?.()
    return hit.fault
  }
}

/** What the caller of a struck call gets to see. */
export function faultReply(fault: Fault): Reply {
  if (fault.answer === 'drop') return { status: 0, drop: true }
  const message = fault.message ?? (fault.answer >= 500 ? 'Server Error' : 'Ordered by a test')
  return {
    status: fault.answer,
    headers: { ...fault.headers },
    json: { message, documentation_url: 'https://docs.github.com/rest', status: String(fault.answer) },
  }
}
