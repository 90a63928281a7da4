import { short } from './figure.ts'
import type { MonitorPoint } from './history.ts'
import { type DriftLevel, lesserLevel } from './outcome.ts'
import type { DriftRules } from './rules.ts'
import { usualEffect } from './season.ts'

/** What earlier checks say of what was found now. */
export interface Past {
  history: MonitorPoint[]
  now: Date
}

/** What is called of what was found; `held` says why that is less. */
export interface Settled {
  level: DriftLevel
  held?: { by: 'baseline' | 'consecutive'; text: string; evidence: Record<string, number | string> }
}

/**
 * The level that is called for what a check found on its own rows. With a seasonal baseline, what is no larger than usual in
 * this season is none; with hysteresis (`consecutive`), only what the latest checks in a row found is called, at the level
 * that all of them reach.
 */
export function settle(
  found: { id: string; level: DriftLevel; effect: number },
  rules: Pick<DriftRules, 'alpha' | 'baseline' | 'consecutive'>,
  { history, now }: Past,
): Settled {
  if (found.level === 'none') return { level: 'none' }
  const { baseline, consecutive } = rules
  const usual = baseline && usualEffect(found.id, baseline, history, now, rules.alpha)
  if (usual !== undefined && found.effect <= usual.bound) {
    return {
      level: 'none',
      held: {
        by: 'baseline',
        text: `As usual for this ${baseline}: in ${usual.checks} earlier checks of the season the effect was such that ${short(usual.bound)} is still expected.`,
        evidence: { season: baseline!, checks: usual.checks, bound: usual.bound },
      },
    }
  }
  if (consecutive === 1) return { level: found.level }
  const before = history.slice(1 - consecutive).map(({ columns }) => columns[found.id]?.level ?? 'none')
  const row = 1 + inARow(before)
  if (row >= consecutive) return { level: before.reduce(lesserLevel, found.level) }
  return {
    level: 'none',
    held: {
      by: 'consecutive',
      text: `Found in ${row} of the ${consecutive} checks in a row that the rules ask for.`,
      evidence: { in_a_row: row, asked: consecutive },
    },
  }
}

/** How many of the last levels, counted from the newest, are drift. */
function inARow(levels: DriftLevel[]): number {
  const broken = levels.lastIndexOf('none')
  return levels.length - 1 - broken
}
