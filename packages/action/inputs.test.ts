import { UserError } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import {
  choice,
  choices,
  count,
  flag,
  inputVariable,
  lines,
  readInputs,
  requiredText,
  text,
  textOr,
  unsupported,
} from './inputs.ts'

const inputs = {
  model: requiredText('The model.'),
  stage: textOr('production', 'The stage.'),
  data: lines('Files.'),
  'dry-run': flag(false, 'Only say what would happen.'),
  'fail-on': choice(['failed', 'warned', 'never'], 'failed', 'When to fail.'),
  'on-drift': choices(['none', 'issue'], 'What to do.'),
  'retention-days': count('Days.'),
  reason: text('Why.'),
  sweep: unsupported('A sweep.'),
}

const given = (values: Record<string, string>) =>
  readInputs(
    inputs,
    Object.fromEntries(Object.entries({ model: 'churn', ...values }).map(([k, v]) => [inputVariable(k), v])),
  )

function mistake(values: Record<string, string>): UserError {
  try {
    given(values)
  } catch (error) {
    if (error instanceof UserError) return error
  }
  throw new Error('no UserError')
}

describe('readInputs', () => {
  it('gives defaults where nothing was given, empty texts included', () => {
    expect(given({ stage: '', reason: '  ' })).toEqual({
      model: 'churn',
      stage: 'production',
      data: [],
      'dry-run': false,
      'fail-on': 'failed',
      'on-drift': [],
      'retention-days': undefined,
      reason: undefined,
      sweep: undefined,
    })
  })

  it('reads lists over lines, booleans as YAML 1.2 spells them, and whole numbers', () => {
    const values = given({
      data: 'a.csv\n\n  b.csv \n',
      'dry-run': 'True',
      'retention-days': '30',
      'on-drift': 'issue',
    })
    expect(values).toMatchObject({
      data: ['a.csv', 'b.csv'],
      'dry-run': true,
      'retention-days': 30,
      'on-drift': ['issue'],
    })
  })

  it.each([
    [{ model: '' }, 'INPUT_REQUIRED', 'model'],
    [{ 'dry-run': 'yes' }, 'INPUT_INVALID', 'dry-run'],
    [{ 'retention-days': '-1' }, 'INPUT_INVALID', 'retention-days'],
    [{ 'on-drift': 'isue' }, 'INPUT_INVALID', 'did you mean issue'],
    [{ sweep: 'x' }, 'INPUT_INVALID', 'not supported'],
  ])('refuses %j', (values, code, word) => {
    const error = mistake(values as Record<string, string>)
    expect(error.code).toBe(code)
    expect(`${error.message} ${error.where.key}`).toContain(word)
  })

  it('names the nearest input for one that does not exist', () => {
    expect(mistake({ modle: 'churn' })).toMatchObject({ code: 'INPUT_UNKNOWN', help: 'Did you mean "model"?' })
  })
})
