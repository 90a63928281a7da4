import * as z from 'zod'

const units: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 }
const written = /^(\d+(?:\.\d+)?) (minute|hour|day|week)s?$/

/** A length of time as people write it: `7 days`, `36 hours`, `1.5 weeks`. */
export const duration = z
  .string('expected a length of time, such as 7 days')
  .regex(written, 'expected a length of time in minutes, hours, days or weeks, such as 7 days')

/** In milliseconds. */
export function parseDuration(text: string): number {
  const [, amount, unit] = written.exec(text)!
  return Number(amount) * units[unit!]!
}

/** In the largest unit of which there are two, to three digits: `36 hours`, `12.5 days`. */
export function durationText(milliseconds: number): string {
  const unit = milliseconds >= 2 * units.day! ? 'day' : milliseconds >= 2 * units.hour! ? 'hour' : 'minute'
  const amount = milliseconds / units[unit]!
  const rounded = amount >= 100 ? Math.round(amount) : +amount.toPrecision(3)
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`
}
