import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openLogStream, PredictionLog } from './prediction-log.ts'

const columns = [
  { name: 'a "b"', type: 'integer' },
  { name: 'prediction', type: 'text' },
] as const
const at = new Date('2026-01-31T05:00:00.007Z')

describe('PredictionLog', () => {
  it('writes an object a row to the end of a file', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'log-')), 'log.jsonl')
    for (const id of ['x', 'ÿ"\n']) {
      const log = new PredictionLog(await openLogStream(path), [...columns], 'v1.0.0', () => {})
      log.write([log.line(id, at, [9007199254740993n, null]), log.line(id, at, [-1, 'no'])])
      await log.close()
      expect(log).toMatchObject({ written: 2, dropped: 0 })
    }
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines[0]).toContain('"a \\"b\\"":9007199254740993,"prediction":null}')
    const one = { timestamp: '2026-01-31T05:00:00.007Z', model_version: 'v1.0.0', 'a "b"': -1, prediction: 'no' }
    expect(JSON.parse(lines[1]!)).toEqual({ id: 'x', ...one })
    expect(JSON.parse(lines[3]!)).toEqual({ id: 'ÿ"\n', ...one })
    expect(lines).toHaveLength(4)
  })

  it('drops and counts what a slow reader does not take in time', async () => {
    let go: () => void = () => {}
    let taken = 0
    const slow = new Writable({
      decodeStrings: false,
      write(chunk: string, _, done) {
        taken += chunk.length
        go = done
      },
    })
    const log = new PredictionLog(slow, [...columns], 'v1', () => {})
    const line = log.line('x'.repeat(2 ** 20), at, [1, 'yes'])
    for (let i = 0; i < 20; i++) log.write([line, line])
    expect(log.written).toBeLessThanOrEqual(12)
    expect(log.written + log.dropped).toBe(40)
    const free = setInterval(() => go(), 1)
    await log.close()
    clearInterval(free)
    expect(taken).toBe(log.written * line.length)
    log.write([line])
    expect(log.written + log.dropped).toBe(41)
  })

  it('says once that a file cannot be written any longer, and serving goes on', async () => {
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('ENOSPC')) })
    const said: string[] = []
    const log = new PredictionLog(full, [...columns], 'v1', (line) => said.push(line))
    log.write([log.line('x', at, [1, 'yes'])])
    await new Promise((turn) => setImmediate(turn))
    log.write(['{}\n', '{}\n'])
    await log.close()
    expect(said).toEqual([expect.stringContaining('ENOSPC')])
    expect(log.dropped).toBe(2)
  })

  it('does not start on a path that it cannot write to', async () => {
    await expect(openLogStream('/nowhere/log.jsonl')).rejects.toMatchObject({ code: 'PREDICTION_LOG_UNWRITABLE' })
  })
})
