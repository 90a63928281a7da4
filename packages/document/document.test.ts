import { UserError } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { parseDocument } from './document.ts'

const schema = z.strictObject({
  model: z.string().optional(),
  drift: z.strictObject({ floor: z.number().optional(), alpha: z.number().optional() }).optional(),
  gate: z.record(z.string(), z.strictObject({ threshold: z.number().optional() })).optional(),
})

function mistake(text: string): UserError {
  try {
    parseDocument(text, 'mlops.yaml', schema, 'SETTINGS_INVALID')
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('no error was thrown')
}

describe('parseDocument', () => {
  it('reads YAML and JSON, and an empty text as an empty object', () => {
    expect(parseDocument('model: churn', 'x', schema, 'X')).toEqual({ model: 'churn' })
    expect(parseDocument('{"drift": {"floor": 0.1}}', 'x', schema, 'X')).toEqual({ drift: { floor: 0.1 } })
    expect(parseDocument('# nothing yet\n', 'x', schema, 'X')).toEqual({})
  })

  it('names the nearest valid key and its place', () => {
    const error = mistake('model: churn\ndrift:\n  flor: 0.1\n')
    expect(error.message).toBe('mlops.yaml has an unknown key "flor" under "drift".')
    expect(error.help).toBe('Did you mean "floor"?')
    expect(error.where).toEqual({ file: 'mlops.yaml', line: 3, column: 3, key: 'drift.flor' })
  })

  it('reaches into records', () => {
    const error = mistake('gate:\n  roc_auc: { treshold: 0.8 }\n')
    expect(error.help).toBe('Did you mean "threshold"?')
    expect(error.where).toMatchObject({ line: 2, key: 'gate.roc_auc.treshold' })
  })

  it('says where a value has the wrong type', () => {
    expect(mistake('drift:\n  floor: high\n').where).toEqual({
      file: 'mlops.yaml',
      line: 2,
      column: 3,
      key: 'drift.floor',
    })
  })

  it.each(['model: *churn', 'gate: &gate { auc: *gate }'])('refuses the alias in %j', (text) => {
    expect(mistake(text)).toMatchObject({ code: 'SETTINGS_INVALID', where: { file: 'mlops.yaml' } })
  })

  it('refuses what is nested deeper than can be read', () => {
    expect(mistake(`model: ${'['.repeat(1e5)}${']'.repeat(1e5)}`).message).toBe('mlops.yaml is nested too deeply.')
  })

  it('finds keys that are numbers', () => {
    expect(mistake('gate:\n  auc: {}\n  1: { threshold: high }\n').where).toMatchObject({
      line: 3,
      column: 8,
      key: 'gate.1.threshold',
    })
  })

  it('says where the syntax breaks, without the library words of a stack', () => {
    const error = mistake('model: [churn\n')
    expect(error.message).toMatch(/^mlops\.yaml is not valid YAML: /)
    expect(error.where.line).toBeGreaterThan(0)
  })
})
