import { betaQuantile } from '@mlops-actions/statistics'
import type { MonitorPoint } from './history.ts'

/** What recurs: the same day of the week, hour of the day or month of the year, in UTC. */
export type Season = 'weekday' | 'hour' | 'month'

/** Fewer checks of a season than this say nothing of how it usually is. */
const FEWEST = 4

/** How large an effect usually is in a season. */
export interface Usual {
  /** Checks of that season. */
  checks: number
  /** What the next check's effect stays under with probability 1 - alpha where nothing changed. */
  bound: number
}

const PLACES = {
  weekday: (time: Date) => time.getUTCDay(),
  hour: (time: Date) => time.getUTCHours(),
  month: (time: Date) => time.getUTCMonth(),
}

/**
 * How large a check's effect was in the same season of the history: its one-sided normal prediction bound
 * mean + t(1 - alpha, n - 1) s sqrt(1 + 1/n) (G. Hahn, Journal of the American Statistical Association 64, 1969).
 * Undefined where the season has fewer than four checks with an effect.
 */
export function usualEffect(
  id: string,
  season: Season,
  history: MonitorPoint[],
  now: Date,
  alpha: number,
): Usual | undefined {
  const place = PLACES[season]
  const effects = history
    .filter(({ time }) => place(new Date(time)) === place(now))
    .flatMap(({ columns }) => columns[id]?.effect ?? [])
  const checks = effects.length
  if (checks < FEWEST) return undefined
  const mean = effects.reduce((a, b) => a + b, 0) / checks
  const variance = effects.reduce((sum, e) => sum + (e - mean) ** 2, 0) / (checks - 1)
  return { checks, bound: mean + studentQuantile(alpha, checks - 1) * Math.sqrt(variance * (1 + 1 / checks)) }
}

/** The t with P(T > t) = p, for p below one half: T² / (df + T²) is a Beta(1/2, df/2) variable. */
function studentQuantile(p: number, df: number): number {
  const share = betaQuantile(2 * p, df / 2, 0.5)
  return Math.sqrt((df * (1 - share)) / share)
}
