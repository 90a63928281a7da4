import { describe, expect, test } from 'vitest'
import { settleLabel, settleTask } from './index.ts'

describe('the task follows from the label', () => {
  test('two classes are binary, the second in sorted order is positive', () => {
    expect(settleTask({ label: 'churn' }, ['yes', 'no', 'yes'])).toEqual({
      type: 'binary',
      label: 'churn',
      positive: 'yes',
      negative: 'no',
    })
    expect(settleTask({}, [1, 0])).toEqual({ type: 'binary', label: 'label', positive: '1', negative: '0' })
    expect(settleTask({}, [10, 9])).toMatchObject({ positive: '10' })
  })
  test('positive is taken as written, as a number or as a boolean', () => {
    expect(settleTask({ positive: 'no' }, ['yes', 'no'])).toMatchObject({ positive: 'no', negative: 'yes' })
    expect(settleTask({ positive: '1.0' }, [0, 1])).toMatchObject({ positive: '1' })
    expect(settleTask({ positive: 0 }, [0, 1])).toMatchObject({ positive: '0', negative: '1' })
    expect(settleTask({ positive: 'True' }, ['true', 'false'])).toMatchObject({ positive: 'true' })
    expect(settleTask({ positive: true }, ['true', 'false'])).toMatchObject({ positive: 'true' })
  })
  test('a positive class that is none is refused and the nearest named', () => {
    expect(() => settleTask({ positive: 'yess' }, ['yes', 'no'])).toThrow(
      expect.objectContaining({ code: 'POSITIVE_UNKNOWN', help: 'Did you mean "yes"?' }),
    )
    expect(() => settleTask({ type: 'binary' }, ['no'])).toThrow(expect.objectContaining({ code: 'POSITIVE_UNKNOWN' }))
    expect(settleTask({ type: 'binary', positive: 'yes' }, ['no'])).toMatchObject({ positive: 'yes', negative: 'no' })
  })
  test('more texts are classes, fractions are quantities, whole numbers need a word', () => {
    expect(settleTask({}, ['b', 'a', 'c'])).toEqual({ type: 'multiclass', label: 'label', classes: ['a', 'b', 'c'] })
    expect(settleTask({}, [1.5, 2])).toEqual({ type: 'regression', label: 'label' })
    expect(() => settleTask({}, [1, 2, 3])).toThrow(expect.objectContaining({ code: 'TASK_AMBIGUOUS' }))
    expect(settleTask({ type: 'multiclass' }, [10, 9, 1])).toMatchObject({ classes: ['1', '9', '10'] })
    expect(settleTask({ type: 'regression' }, [1, 2, 3])).toEqual({ type: 'regression', label: 'label' })
  })
  test('what cannot be is refused', () => {
    expect(() => settleTask({ type: 'binary' }, ['a', 'b', 'c'])).toThrow('3 values')
    expect(() => settleTask({ type: 'regression' }, ['a'])).toThrow(
      expect.objectContaining({ code: 'TASK_NOT_NUMERIC' }),
    )
    expect(() => settleTask({}, [])).toThrow(expect.objectContaining({ code: 'TASK_UNKNOWN' }))
  })
})

describe('the label is the column that is no input', () => {
  const columns = ['id', 'tenure', 'charges', 'churn']
  test('alone, or as given', () => {
    expect(settleLabel({ columns, inputs: ['tenure', 'charges'], id: 'id' })).toBe('churn')
    expect(settleLabel({ label: 'tenure', columns, inputs: [] })).toBe('tenure')
  })
  test('two candidates, none, a typo', () => {
    expect(() => settleLabel({ columns, inputs: ['tenure'], id: 'id' })).toThrow('"charges", "churn"')
    expect(() => settleLabel({ columns, inputs: columns })).toThrow(expect.objectContaining({ code: 'LABEL_UNKNOWN' }))
    expect(() => settleLabel({ label: 'chrun', columns, inputs: [] })).toThrow(
      expect.objectContaining({ help: 'Did you mean "churn"?' }),
    )
  })
})
