import { describe, expect, it } from 'vitest'
import { withProgress } from './progress.ts'
import { fetchCommand, isFetched, namesRemote, parseRemote, withoutQuery } from './remote.ts'

const sha256 = 'ab'.repeat(32)

describe('a file kept elsewhere', () => {
  it('is named by an address and its digest', () => {
    const line = `https://models.example/a/weights.bin?version=7 sha256:${sha256}`
    expect(namesRemote(line)).toBe(true)
    expect(parseRemote(`  ${line}  size:480000000 `)).toEqual({
      name: 'weights.bin',
      uri: 'https://models.example/a/weights.bin?version=7',
      sha256,
      size: 480_000_000,
    })
    expect(parseRemote(line).size).toBeNull()
    expect(isFetched(parseRemote(line))).toBe(true)
    const elsewhere = parseRemote(`s3://bucket/weights.bin sha256:${sha256} size:7`)
    expect(isFetched(elsewhere)).toBe(false)
    expect(fetchCommand(elsewhere)).toBe(
      `aws s3 cp 's3://bucket/weights.bin' 'weights.bin' && echo '${sha256}  weights.bin' | sha256sum -c`,
    )
    for (const path of ['weights.bin', 'models/*.onnx', './a:b', 'C:\\x.bin', 'c:/x.bin'])
      expect(namesRemote(path)).toBe(false)
  })

  it.each([
    ['https://models.example/weights.bin', 'sha256 is missing'],
    ['https://models.example/weights.bin sha256:abc', 'sha256 is missing'],
    [`https://models.example/weights.bin sha256:${sha256} sha256:${sha256}`, 'not understood'],
    [`https://models.example/weights.bin sha256:${sha256} size:0`, 'no number of bytes'],
    [`https://models.example/weights.bin sha256:${sha256} 7`, 'not understood'],
    [`s3://bucket/weights.bin sha256:${sha256}`, 'size is missing'],
    [`http://models.example/weights.bin sha256:${sha256}`, 'over http'],
    [`file:///etc/passwd sha256:${sha256} size:7`, 'named by its path'],
    [`https://ada:pass@models.example/weights.bin sha256:${sha256}`, 'credentials'],
    [`https://models.example/weights.bin?X-Amz-Signature=pass sha256:${sha256}`, 'credentials'],
    [`https://models.example/weights.bin?a=1&sig=pass sha256:${sha256}`, 'credentials'],
    [`https://models.example/weights.bin#part sha256:${sha256}`, 'part of a page'],
    [`https://models.example/$(rm)'.bin sha256:${sha256}`, 'not valid'],
    [`https:// sha256:${sha256}`, 'not valid'],
  ])('%s is refused', (line, why) => {
    let said = ''
    try {
      parseRemote(line)
    } catch (error) {
      said = (error as Error).message
    }
    expect(said).toContain(why)
    expect(said).not.toContain('pass@')
    expect(said).not.toContain('=pass')
  })

  it('is shown without what opens it', () => {
    expect(withoutQuery('https://ada:pass@models.example/w.bin?sig=pass#x')).toBe('https://models.example/w.bin')
  })
})

describe('the progress of a transfer', () => {
  async function told(chunks: number[], size: number | null, seconds: number[] = []): Promise<string[]> {
    const said: string[] = []
    const times = [0, ...seconds]
    const source = (async function* () {
      for (const length of chunks) yield { byteLength: length } as Uint8Array
    })()
    const clock = () => (times.length > 1 ? times.shift()! : times[0]!) * 1000
    for await (const _ of withProgress(source, { name: 'model.bin', size }, (s) => said.push(s), clock));
    return said
  }

  it('is told at every tenth of a large file', async () => {
    const said = await told(Array(48).fill(10e6), 480e6)
    expect(said).toHaveLength(10)
    expect(said[0]).toBe('model.bin: 50 of 480 MB')
    expect(said.at(-1)).toBe('model.bin: 480 of 480 MB')
  })

  it('is told every 10 s where it is slow, or nobody knows how much is to come', async () => {
    expect(await told([60e6, 1e6, 1e6], null, [3, 11, 12, 13, 14])).toEqual(['model.bin: 61 MB'])
    expect(await told([1e6, 1e6], 2000e6, [4, 15, 15])).toEqual(['model.bin: 2 of 2000 MB'])
  })

  it('is not told of a small file', async () => {
    expect(await told([10e6, 10e6], 20e6, [100, 200, 300])).toEqual([])
  })
})
