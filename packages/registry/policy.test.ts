import type { Verdict } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { judgePromotion, judgeRollback, type Promotion, promotionPolicy } from './policy.ts'
import type { Slot } from './slot.ts'

const model = 'a'.repeat(64)

function gate(more: Record<string, unknown> = {}, of: Partial<Verdict> = {}): Verdict {
  return {
    schema: 'mlops-actions/verdict@1',
    kind: 'gate',
    status: 'passed',
    subject: { model },
    context: { at: '2026-03-01T00:00:00Z' },
    checks: [
      {
        id: 'gate.roc_auc.threshold',
        title: '',
        subject: 'roc_auc',
        observed: '',
        expected: '',
        status: 'passed',
        severity: 'failed',
        evidence: { metric: 'roc_auc', threshold: 0.82, direction: 'higher_is_better', ...more } as never,
      },
    ],
    ...of,
  }
}

function slot(n: number, version: string, date: string): Slot {
  return { stage: 'staging', n, tag: `m#staging#${n}`, object: '', record: '', version, event: null, date, named: null }
}

function judge(of: Partial<Promotion>) {
  const checks = judgePromotion({
    subject: 'm@v1.1.0',
    stage: 'production',
    model: 'm',
    holder: 7,
    bound: { model, whole: true, run: 'r1', data: [`sha256:${'d'.repeat(64)}`], profile: 'f'.repeat(64) },
    policy: {},
    overrideFreeze: null,
    rules: {},
    comparison: {},
    evidence: [],
    fromSlots: [],
    version: 'v1.1.0',
    people: { promoter: 'grace', trainer: 'ada', committers: ['ada'], consent: null },
    now: new Date('2026-03-03T00:00:00Z'),
    ...of,
  })
  return Object.fromEntries(checks.map((c) => [c.id, c.status]))
}

describe('required verdicts', () => {
  const policy = { requires: ['gate' as const] }

  it('must be there and must have passed', () => {
    expect(judge({ policy, evidence: [gate()] })).toMatchObject({ 'policy.requires.gate': 'passed' })
    expect(judge({ policy })).toEqual({ 'policy.requires.gate': 'failed' })
    expect(judge({ policy, evidence: [gate({}, { status: 'failed' })] })).toMatchObject({
      'policy.requires.gate': 'failed',
    })
  })

  it('do not count when they judged another model', () => {
    const other = gate({}, { subject: { model: 'b'.repeat(64), run: 'r1' } })
    expect(judge({ policy, evidence: [other] })).toMatchObject({
      'policy.evidence': 'warned',
      'policy.requires.gate': 'failed',
    })
  })

  it('count by run where they name no model, and by data where they judged data', () => {
    expect(judge({ policy, evidence: [gate({}, { subject: { run: 'r1' } })] })).toMatchObject({
      'policy.requires.gate': 'passed',
    })
    const data = gate({}, { kind: 'validation', subject: { data: `sha256:${'d'.repeat(64)}` } })
    expect(judge({ policy: { requires: ['validation'] }, evidence: [data] })).toMatchObject({
      'policy.requires.validation': 'passed',
    })
    const other = gate({}, { kind: 'validation', subject: { data: `sha256:${'e'.repeat(64)}` } })
    expect(judge({ policy: { requires: ['validation'] }, evidence: [other] })['policy.requires.validation']).toBe(
      'failed',
    )
  })

  it('are taken as of the newest, also where the policy asks for none', () => {
    const late = gate({}, { status: 'failed', context: { at: '2026-03-02T00:00:00Z' } })
    expect(judge({ evidence: [late, gate()] })['policy.requires.gate']).toBe('failed')
    const mended = gate({}, { context: { at: '2026-03-02T12:00:00Z' } })
    expect(judge({ evidence: [mended, late] })['policy.requires.gate']).toBe('passed')
  })
})

describe('evidence on something else', () => {
  const compared = (baseline: Record<string, string | number>, more: Partial<Verdict> = {}) =>
    gate({}, { kind: 'comparison', subject: { model, baseline }, ...more })
  const here = { model: 'm', stage: 'production', slot: 7 }
  const requires = (evidence: Verdict[], of: Partial<Promotion> = {}) =>
    judge({ policy: { requires: ['comparison'] }, evidence, ...of })['policy.requires.comparison']

  it('is a comparison with another model, another stage or a holder of before', () => {
    expect(requires([compared(here)])).toBe('passed')
    expect(requires([compared({ ...here, stage: 'staging' })])).toBe('failed')
    expect(requires([compared({ ...here, model: 'n' })])).toBe('failed')
    expect(requires([compared(here)], { holder: 8 })).toBe('failed')
    expect(requires([compared({ ...here, slot: 'none' })])).toBe('failed')
    expect(requires([compared({ ...here, slot: 'none' })], { holder: 'none' })).toBe('passed')
    expect(requires([gate({}, { kind: 'comparison' })])).toBe('failed')
  })

  it('does not hide a failed verdict', () => {
    const bound = { model, whole: true, run: 'r1', data: ['sha256:1', 'sha256:2'], profile: null }
    const on = (data: string, status: Verdict['status'], day: number) =>
      gate({}, { kind: 'validation', subject: { data }, status, context: { at: `2026-03-0${day}T00:00:00Z` } })
    const validated = (...evidence: Verdict[]) => judge({ bound, evidence })['policy.requires.validation']
    expect(validated(on('sha256:1', 'failed', 1), on('sha256:2', 'passed', 2))).toBe('failed')
    expect(validated(on('sha256:1', 'failed', 1), on('sha256:2', 'passed', 2), on('1', 'passed', 3))).toBe('passed')
  })

  it('is a verdict of another run on a model that is more than one file', () => {
    const bound = { model, whole: false, run: 'r1', data: [], profile: null }
    const of = (run: string | null) => judge({ bound, evidence: [gate({}, { subject: { model, run } })] })
    expect(of('r1')['policy.requires.gate']).toBe('passed')
    expect(of('r2')).toEqual({ 'policy.evidence': 'warned' })
    expect(of(null)).toEqual({ 'policy.evidence': 'warned' })
  })

  it('is a check of drift against another reference', () => {
    const drift = (reference: string) =>
      judge({
        policy: { requires: ['drift'] },
        evidence: [gate({}, { kind: 'drift', subject: { reference, data: 'sha256:1' } })],
      })['policy.requires.drift']
    expect(drift(`sha256:${'f'.repeat(64)}`)).toBe('passed')
    expect(drift(`sha256:${'d'.repeat(64)}`)).toBe('passed')
    expect(drift(`sha256:${'0'.repeat(64)}`)).toBe('failed')
  })
})

describe('rules', () => {
  it('of a branch alone do not promote', () => {
    expect(judge({ evidence: [gate({ rules_source: 'branch' })] })['policy.rules-source']).toBe('failed')
    expect(judge({ evidence: [gate({ rules_source: 'base' })] })['policy.rules-source']).toBe('passed')
  })

  it('must have been as strict as they are today', () => {
    const used = { roc_auc: { threshold: 0.82 }, recall: { threshold: 0.5, max_regression: 0.02 } }
    const judgedBy = gate({}, { context: { at: '2026-03-01T00:00:00Z', rules: used } })
    const of = (rules: Promotion['rules'], evidence = [judgedBy]) => judge({ evidence, rules })['policy.rules']
    expect(of(used)).toBe('passed')
    expect(of({ auc: { threshold: 0.8 } })).toBe('passed')
    expect(of({ roc_auc: { threshold: 0.83 } })).toBe('failed')
    expect(of({ recall: { max_regression: 0.01 } })).toBe('failed')
    expect(of({ accuracy: { threshold: 0.1 } })).toBe('failed')
    expect(of({ roc_auc: { threshold: 0.1 } }, [])).toBe('failed')
    expect(of({})).toBeUndefined()
  })

  it('of the comparison too', () => {
    const baseline = { model: 'm', stage: 'production', slot: 7 }
    const by = (rules: Record<string, string | number>, comparison: Promotion['comparison']) =>
      judge({
        comparison,
        evidence: [gate({}, { kind: 'comparison', subject: { model, baseline }, context: { rules } })],
      })['policy.rules']
    expect(by({ margin: 0.02 }, { margin: 0.02 })).not.toBe('failed')
    expect(by({ margin: 0.02 }, { margin: 0.01 })).toBe('failed')
    expect(by({}, { margin: 0.05 })).toBe('failed')
    expect(by({ metric: 'auc' }, { metric: 'roc_auc', confidence: 0.9 })).not.toBe('failed')
    expect(by({ metric: 'accuracy' }, { metric: 'roc_auc' })).toBe('failed')
    expect(by({ on_inconclusive: 'warned' }, { on_inconclusive: 'failed' })).toBe('failed')
  })
})

describe('where a version comes from', () => {
  const policy = { from: 'staging', soak: '24h' }
  const at = (fromSlots: Slot[]) => {
    const found = judge({ policy, fromSlots })
    return [found['policy.from'], found['policy.soak']]
  }

  it('must be the stage asked for, for as long as asked', () => {
    expect(at([])).toEqual(['failed', undefined])
    expect(at([slot(1, 'v1.0.0', '2026-02-01T00:00:00Z')])).toEqual(['failed', undefined])
    expect(at([slot(1, 'v1.1.0', '2026-03-02T00:00:00Z')])).toEqual(['passed', 'passed'])
    expect(at([slot(1, 'v1.1.0', '2026-03-02T00:00:01Z')])).toEqual(['passed', 'failed'])
  })

  it('counts the time until the next version took the stage', () => {
    const next = slot(2, 'v1.2.0', '2026-02-01T01:00:00Z')
    expect(at([slot(1, 'v1.1.0', '2026-02-01T00:00:00Z'), next])).toEqual(['passed', 'failed'])
  })

  it('reads durations', () => {
    expect(promotionPolicy.safeParse({ production: { soak: '1 day' } }).success).toBe(false)
    expect(promotionPolicy.safeParse({ production: { sook: '1d' } }).success).toBe(false)
  })
})

describe('four eyes', () => {
  const status = (people: Partial<Promotion['people']>) =>
    judgeRollback({
      stage: 'production',
      subject: 'm',
      policy: { four_eyes: true },
      people: { promoter: 'grace', trainer: 'ada', committers: ['ada'], consent: null, ...people },
    })[0]!.status

  it('needs somebody else, and fails where that cannot be known', () => {
    expect(status({})).toBe('passed')
    expect(status({ promoter: 'Ada' })).toBe('failed')
    expect(status({ committers: ['grace'] })).toBe('failed')
    expect(status({ committers: null })).toBe('failed')
    expect(status({ committers: [] })).toBe('failed')
    expect(status({ promoter: null })).toBe('failed')
    expect(status({ trainer: null })).toBe('failed')
  })
})

describe('an approved run', () => {
  const reviews = [{ user: 'ada', state: 'approved' as const, environments: ['production'] }]
  const consent = { reviews, reviewed: true, mayAsk: false, issue: null }
  const people = { promoter: 'grace', trainer: 'ada', committers: null, consent }
  const policy = { approved: true }

  it('is asked for by the policy, of promotions and rollbacks', () => {
    expect(judge({ policy, people })['policy.approved']).toBe('passed')
    expect(judge({ policy })['policy.approved']).toBe('failed')
    expect(judge({ people })['policy.approved']).toBeUndefined()
    const back = (of: Promotion['people']) =>
      judgeRollback({ subject: 'm@v1.0.0', stage: 'production', policy, people: of })
    expect(back(people).map((c) => c.status)).toEqual(['passed'])
    expect(back({ ...people, consent: null }).map((c) => c.status)).toEqual(['failed'])
  })
})
