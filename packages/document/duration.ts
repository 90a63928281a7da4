import * as z from 'zod'

const written = /^(\d{1,4})(m|h|d)$/

/** A length of time as settings say it: `30m`, `24h`, `7d`. */
export const duration = z.string().regex(written, 'must be a number and m, h or d, for example 24h')

/** Milliseconds of a length of time; throws an Error on a text that is none. */
export function milliseconds(text: string): number {
  const [, count, unit] = written.exec(text) ?? []
  if (count === undefined) throw new Error(`"${text}" is no length of time`)
  return Number(count) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 'm' | 'h' | 'd']
}
