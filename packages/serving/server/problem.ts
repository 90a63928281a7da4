/** A request that is answered with an error. The message is for the caller: it names fields, never values or paths. */
export class Problem extends Error {
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

export function badRequest(message: string): Problem {
  return new Problem(400, message)
}
