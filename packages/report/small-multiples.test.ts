import { type Check, verdict } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { current, fullReport, history, reference } from './report.fixture.ts'
import { smallMultiples } from './small-multiples.ts'

const drift = fullReport.verdicts[0]!
const sides = { reference, current, history }

describe('smallMultiples', () => {
  it('draws numbers as steps over shared bins with what moved most behind them, categories as pairs', () => {
    const page = smallMultiples(drift, sides)!.text
    const [, tenure, contract] = page.split('<section')
    expect(tenure).toContain('<title>tenure: reference and current over the same bins</title>')
    expect(tenure).toMatch(/<path class="area" d="M0 [\d.]+V[\dVH.]+V100H0Z"\/><path class="line"/)
    expect(tenure!.match(/class="most"/g)).toHaveLength(1)
    expect(tenure).toContain('<li>below 3: 9.9\u00a0% → 28.5\u00a0%</li>')
    expect(tenure).toContain('its change in the last 4 checks')
    expect(contract).toContain('class="pair is-most"><span class="pair-name" title="Month-to-month">')
    expect(contract).toContain('PSI 0.142 above chance · counts from 0.1 · hardly chance')
    expect(page).not.toContain('monthly_charges')
  })

  it('keeps the areas of both sides equal: every row of a side is drawn', () => {
    const page = smallMultiples(drift, sides)!.text
    const area = (name: string) => {
      const [, path] = new RegExp(`class="${name}" d="([^"]+)"`).exec(page)!
      return [...path!.matchAll(/V([\d.]+)H(?!0Z)/g)].reduce((sum, [, y]) => sum + (100 - Number(y)), 0)
    }
    expect(area('area') / area('line')).toBeCloseTo(1, 2)
  })

  it('shows the empty rows where there are any', () => {
    const [of] = drift.checks
    const evidence = { ...of!.evidence, nulls_current: 141, n_current: 1268, null_share_p_adjusted: 1e-9 }
    const page = smallMultiples({ ...drift, checks: [{ ...of!, evidence }] }, sides)!.text
    expect(page).toContain('<title>(empty): reference 0\u00a0%, current 10\u00a0%</title>')
    expect(smallMultiples(drift, sides)!.text).not.toContain('(empty):')
  })

  it('shows no value of a sensitive column', () => {
    const hide = (of: typeof reference) => ({
      ...of,
      columns: of.columns.map((c) => (c.name === 'tenure' ? { ...c, sensitive: true as const } : c)),
    })
    const [, tenure] = smallMultiples(drift, { reference: hide(reference), current: hide(current) })!.text.split(
      '<section',
    )
    expect(tenure).toContain('<li>bin 1 of 10: 9.9\u00a0% → 28.5\u00a0%</li>')
    expect(tenure).not.toMatch(/median|below 3|<text/)
  })

  it('draws the columns that came nearest, folded away, where none drifted', () => {
    const still = drift.checks.map((of): Check => ({ ...of, status: 'passed' }))
    const page = smallMultiples(verdict('drift', {}, still), sides)!.text
    expect(page).toMatch(/^<details><summary>The columns that came nearest to drift/)
    expect(page.match(/<section/g)).toHaveLength(4)
  })

  it('draws a thousand columns as the few that drifted most, and counts the others', () => {
    const many = Array.from(
      { length: 1000 },
      (_, i): Check => ({ ...drift.checks[0]!, id: `drift.c${i}`, subject: `c${i}` }),
    )
    const of = verdict(
      'drift',
      {},
      many.map((c, i) => ({
        ...c,
        evidence: { ...c.evidence, effect: { name: 'psi_above_null', value: 0.2 + i / 1000 } },
      })),
    )
    const columns = many.map(({ subject }) => ({ ...reference.columns[0]!, name: subject }))
    const profile = { ...reference, columns }
    const page = smallMultiples(of, { reference: profile, current: profile })!.text
    expect(page.match(/<section/g)).toHaveLength(6)
    expect(page).toContain('<h4>c999</h4>')
    expect(page).toContain('994 more columns drifted.')
  })

  it('does without profiles, by what the evidence lists, and is nothing without either', () => {
    const top_changes = [{ category: 'Month-to-month', reference_share: 0.55, current_share: 0.7 }]
    const [, contract] = drift.checks
    const of = { ...drift, checks: [{ ...contract!, evidence: { ...contract!.evidence, top_changes } }] }
    expect(smallMultiples(of, {})!.text).toContain('Month-to-month: reference 55\u00a0%, current 70\u00a0%')
    expect(smallMultiples(drift, {})).toBeNull()
  })
})
