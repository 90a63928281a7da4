import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellClass, classOf, parseNumber, parseTimestamp } from './cell.ts'
import { Dictionary } from './dictionary.ts'
import { Memory } from './memory.ts'
import { Scanner } from './scanner.ts'

/** Cuts lines of one cell each. */
class Lines extends Scanner {
  constructor(memory: Memory, cells: string[]) {
    super(memory)
    this.expect(1, cells.length)
    // A blank line is no row, so that an empty cell is written in quotes.
    this.append(Buffer.from(cells.map((cell) => `${cell || '""'}\n`).join('')))
    expect(this.cutDelimited(44, true)).toBe(cells.length)
  }
}

const digits = fc.stringMatching(/^\d{1,18}$/)
const numeral = fc.tuple(
  fc.constantFrom('', '-', '+', '--', ' '),
  digits,
  fc.constantFrom('', '.', 'e'),
  fc.option(digits),
)
const number = numeral.map(([sign, whole, between, rest]) => `${sign}${whole}${between}${rest ?? ''}`)
const two = (from: number, to: number) => fc.integer({ min: from, max: to }).map((n) => String(n).padStart(2, '0'))
const date = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }),
    two(0, 13),
    two(0, 32),
    fc.constantFrom('', 'T', ' ', 'x'),
    two(0, 25),
    two(0, 60),
    two(0, 61),
  )
  .chain(([year, month, day, between, hour, minute, second]) =>
    fc.constantFrom('', 'Z', '+01:00', '.5').map((zone) => {
      const of = `${String(year).padStart(4, '0')}-${month}-${day}`
      return between === '' ? of : `${of}${between}${hour}:${minute}:${second}${zone}`
    }),
  )
const word = fc.constantFrom(
  'true',
  'false',
  'True',
  'False',
  'TRUE',
  'FALSE',
  'tRUE',
  'nan',
  '',
  '007',
  '.5',
  '5.',
  '-0',
  'x',
)
const cells = fc.array(fc.oneof(number, date, word), { minLength: 1, maxLength: 40 })

/** What a loop over cells took is what the parsers of single cells make of them. */
function holdsFor(
  loop: 'numbers' | 'timestamps' | 'booleans',
  classes: number,
  parse: (bytes: Buffer, start: number, end: number) => number,
): void {
  fc.assert(
    fc.property(cells, (of) => {
      const memory = new Memory()
      const lines = new Lines(memory, of)
      const left = new Set(lines[loop](0, of.length))
      let seen = 0
      for (const [row, cell] of of.entries()) {
        if (left.has(row)) continue
        const bytes = Buffer.from(cell)
        expect(lines.nulls[row]).toBe(0)
        expect(lines.values[row]).toBe(parse(bytes, 0, bytes.length))
        seen |= classOf(bytes, 0, bytes.length)
      }
      expect(lines.classes).toBe(seen)
      expect(seen & ~classes).toBe(0)
      lines.close()
      memory.release()
    }),
    { numRuns: 400 },
  )
}

describe('the cells that the scanner takes', () => {
  it('are the numbers that a single cell is', () => {
    holdsFor('numbers', cellClass.integer | cellClass.decimal, parseNumber)
  })

  it('are the times that a single cell is', () => {
    holdsFor('timestamps', cellClass.timestamp, parseTimestamp)
  })

  it('are the booleans that a single cell is', () => {
    const booleans = cellClass.lowerBoolean | cellClass.titleBoolean | cellClass.upperBoolean
    holdsFor('booleans', booleans, (_, start, end) => Number(end - start === 4))
  })

  it('are nearly all where they are written plainly', () => {
    const memory = new Memory()
    const plainly = ['0', '-12', '123456789012345', '3.25', '-0.5', '10', '"7"']
    expect(new Lines(memory, plainly).numbers(0, plainly.length)).toHaveLength(0)
    const dates = ['2024-01-05', '2024-02-29T23:59:59', '2024-02-29 23:59:59Z']
    expect(new Lines(memory, dates).timestamps(0, dates.length)).toHaveLength(0)
    memory.release()
  })
})

describe('a dictionary', () => {
  it('numbers texts as a map does, whatever their bytes and however many', () => {
    const texts = fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constantFrom('a', 'b', '')), {
      maxLength: 300,
    })
    fc.assert(
      fc.property(texts, (of) => {
        const memory = new Memory()
        const dictionary = new Dictionary(memory)
        const expected = new Map<string, number>()
        for (const text of of) {
          if (!expected.has(text)) expected.set(text, expected.size)
          expect(dictionary.codeOf(text)).toBe(expected.get(text))
        }
        expect(dictionary.words).toEqual([...expected.keys()])
        const before = dictionary.words
        dictionary.restart()
        expect(dictionary.codeOf('new')).toBe(0)
        expect(dictionary.words).toEqual(['new'])
        expect(before).toEqual([...expected.keys()])
        memory.release()
      }),
    )
  })
})

it('says what is the matter where the machine limits addresses', () => {
  const program = `import(process.argv[1])
    .then(({ Memory }) => Array.from({ length: 8 }, () => new Memory()))
    .catch(({ code }) => console.log(code))`
  const memory = new URL('./memory.ts', import.meta.url).href
  const node = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url))
  const limited = 'ulimit -v 20000000; exec "$0" "$@"'
  const said = execFileSync('bash', ['-c', limited, node, '-e', program, memory], { encoding: 'utf8' })
  expect(said.trim()).toBe('ADDRESS_SPACE_LIMITED')
})
