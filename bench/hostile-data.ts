// data-validate against data and suites that are made to break it: each must end as told here, in bounded memory and time.
// `node scripts/node24.mjs bench/hostile-data.ts [WORD]` runs all (a few minutes, 6 GB of disk), or those whose names hold WORD.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGzip, createZstdCompress } from 'node:zlib'
import { bundledAction, judge } from './judging.ts'
import { printTable } from './table.ts'

/** How a case must end: with a verdict or the code of an error. */
interface Case {
  ends: string[]
  make(folder: string): void | Promise<void>
  data?: string
  inputs?: Record<string, string>
}

const mega = Buffer.alloc(1 << 20, 'x')

/** Writes a file piece by piece. */
function write(path: string, pieces: Iterable<string | Uint8Array>): void {
  const file = openSync(path, 'w')
  for (const piece of pieces) writeSync(file, typeof piece === 'string' ? Buffer.from(piece) : piece)
  closeSync(file)
}

function* times<T>(count: number, of: (i: number) => T): Generator<T> {
  for (let i = 0; i < count; i++) yield of(i)
}

/** Writes gigabytes of the same megabyte, packed. */
async function packed(
  path: string,
  kind: 'gzip' | 'zstd',
  gigabytes: number,
  head: string,
  piece: string,
): Promise<void> {
  const engine = kind === 'gzip' ? createGzip() : createZstdCompress()
  const done = once(engine.pipe(createWriteStream(path)), 'finish')
  engine.write(head)
  const block = Buffer.from(piece.repeat(Math.floor(2 ** 20 / piece.length)))
  for (let i = 0; i < gigabytes * 1024; i++) if (!engine.write(block)) await once(engine, 'drain')
  engine.end()
  await done
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`).join(',')
const cells = (count: number) => Array.from({ length: count }, (_, i) => i % 10).join(',')
const suite = 'rows: { between: [1, null] }'
const csv = 'a,b\n1,x\n2,y\n'

const cases: Record<string, Case> = {
  'CSV: a line of 1 GB': {
    ends: ['TABLE_ROW_TOO_LONG'],
    make: (folder) => write(join(folder, 'data.csv'), ['a,b\n', ...times(1024, () => mega)]),
  },
  'CSV: 1 GB without a line break': {
    ends: ['TABLE_ROW_TOO_LONG'],
    make: (folder) =>
      write(
        join(folder, 'data.csv'),
        times(1024, () => mega),
      ),
  },
  'CSV: a quote that is open for 1 GB': {
    ends: ['TABLE_ROW_TOO_LONG'],
    make: (folder) => write(join(folder, 'data.csv'), ['a,b\n1,"', ...times(1024, () => 'line\n'.repeat(200_000))]),
  },
  'CSV: 10,000 columns': {
    ends: ['TABLE_TOO_WIDE'],
    make: (folder) =>
      write(join(folder, 'data.csv'), [`${names(10_000)}\n`, ...times(100, () => `${cells(10_000)}\n`)]),
  },
  'CSV: 8,192 columns': {
    ends: ['passed'],
    make: (folder) => write(join(folder, 'data.csv'), [`${names(8192)}\n`, ...times(2000, () => `${cells(8192)}\n`)]),
  },
  'CSV: 1,000,000 names in the header': {
    ends: ['TABLE_TOO_WIDE'],
    make: (folder) => write(join(folder, 'data.csv'), [`${names(1_000_000)}\n`, `${cells(1_000_000)}\n`]),
  },
  'CSV: rows of 15 MB': {
    ends: ['passed'],
    make: (folder) => write(join(folder, 'data.csv'), ['a,b\n', ...times(40, (i) => `${i},${'y'.repeat(15e6)}\n`)]),
  },
  'CSV: 20,000,000 different texts': {
    ends: ['passed'],
    make: (folder) =>
      write(
        join(folder, 'data.csv'),
        (function* () {
          yield 'a\n'
          for (let i = 0; i < 200; i++)
            yield `${[...times(100_000, (k) => `user-${i * 100_000 + k}@example.com`)].join('\n')}\n`
        })(),
      ),
  },
  'CSV: 20,000,000 different numbers, expected to be unique': {
    ends: ['failed'],
    make(folder) {
      const lines = (from: number) => `${[...times(100_000, (k) => from + k)].join('\n')}\n`
      write(join(folder, 'data.csv'), ['a\n', ...times(200, (i) => lines(i * 100_000))])
      writeFileSync(join(folder, 'suite.yaml'), 'columns: { a: { unique: true, distinct: [20000000, 20000000] } }')
    },
  },
  'CSV: a column whose name has 10 MB': {
    ends: ['TABLE_COLUMN_NAME'],
    make(folder) {
      write(join(folder, 'data.csv'), [`${'n'.repeat(1e7)},b\n`, '1,2\n'])
      writeFileSync(join(folder, 'suite.yaml'), 'columns: { b: { unique: true } }')
    },
  },
  'CSV: unexpected cells of 15 MB': {
    ends: ['failed'],
    make(folder) {
      write(join(folder, 'data.csv'), ['a,b\n', ...times(30, (i) => `${i},${'y'.repeat(15e6)}\n`)])
      writeFileSync(join(folder, 'suite.yaml'), 'columns: { b: { in_set: [x], unique: true, max: [null, a] } }')
    },
  },
  'JSON Lines: a line of 1 GB': {
    ends: ['TABLE_ROW_TOO_LONG'],
    data: 'data.jsonl',
    make: (folder) => write(join(folder, 'data.jsonl'), ['{"a":"', ...times(1024, () => mega), '"}\n']),
  },
  'JSON Lines: 1,000,000 keys in a line': {
    ends: ['TABLE_TOO_WIDE'],
    data: 'data.jsonl',
    make: (folder) =>
      write(join(folder, 'data.jsonl'), [`{${[...times(1_000_000, (i) => `"k${i}":${i % 10}`)].join(',')}}\n`]),
  },
  'JSON Lines: a new key on each of 100,000 lines': {
    ends: ['TABLE_TOO_WIDE'],
    data: 'data.jsonl',
    make: (folder) =>
      write(
        join(folder, 'data.jsonl'),
        times(100_000, (i) => `{"k${i}":1}\n`),
      ),
  },
  'JSON Lines: a new key on each of 4,000 lines': {
    ends: ['passed'],
    data: 'data.jsonl',
    make: (folder) =>
      write(
        join(folder, 'data.jsonl'),
        times(4000, (i) => `{"k${i}":1}\n`),
      ),
  },
  'JSON Lines: nested 1,000,000 deep': {
    ends: ['TABLE_JSON'],
    data: 'data.jsonl',
    make: (folder) => write(join(folder, 'data.jsonl'), [`{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}\n`]),
  },
  'gzip: 10 GB of zero bytes': {
    ends: ['TABLE_ROW_TOO_LONG'],
    data: 'data.csv.gz',
    make: (folder) => packed(join(folder, 'data.csv.gz'), 'gzip', 10, 'a\n', '\0'),
  },
  'gzip: 10 GB of one row': {
    ends: ['FILE_BOMB'],
    data: 'data.csv.gz',
    make: (folder) => packed(join(folder, 'data.csv.gz'), 'gzip', 10, 'a,b\n', '1,x\n'),
  },
  'Zstandard: 10 GB of one row': {
    ends: ['FILE_BOMB'],
    data: 'data.csv.zst',
    make: (folder) => packed(join(folder, 'data.csv.zst'), 'zstd', 10, 'a,b\n', '1,x\n'),
  },
  'Zstandard: a bomb within the bomb': {
    ends: ['TABLE_ZERO_BYTE', 'TABLE_ENCODING', 'FORMAT_NOT_SUPPORTED'],
    data: 'data.csv.zst',
    async make(folder) {
      await packed(join(folder, 'inner'), 'zstd', 10, 'a,b\n', '1,x\n')
      execFileSync(
        'sh',
        [
          '-c',
          `'${process.execPath}' -e "process.stdout.write(require('node:zlib').zstdCompressSync(require('node:fs').readFileSync(process.argv[1])))" inner > data.csv.zst`,
        ],
        { cwd: folder },
      )
    },
  },
  'an empty file': { ends: ['TABLE_EMPTY'], make: (folder) => write(join(folder, 'data.csv'), []) },
  'a path through ..': { ends: ['PATH_OUTSIDE'], data: '../outside/data.csv', make: () => {} },
  'an absolute path': { ends: ['PATH_OUTSIDE'], data: '/etc/hostname', make: () => {} },
  'a glob of everything': { ends: ['PATH_OUTSIDE'], data: '/**/*.csv', make: () => {} },
  'a glob through braces': { ends: ['DATA_NO_MATCH'], data: '{../outside,data}/*.csv', make: () => {} },
  'a glob through braces, of everything': { ends: ['DATA_NO_MATCH'], data: '{/,data}/**/*.csv', make: () => {} },
  'a link to a file': {
    ends: ['PATH_OUTSIDE'],
    make: (folder) => symlinkSync('../outside/data.csv', join(folder, 'data.csv')),
  },
  'a link to a folder inside a glob': {
    ends: ['PATH_OUTSIDE'],
    data: 'data/**/*.csv',
    make: (folder) => {
      mkdirSync(join(folder, 'data'))
      symlinkSync('../../outside', join(folder, 'data/more'))
      writeFileSync(join(folder, 'data/a.csv'), csv)
    },
  },
  'a link to / inside a glob': {
    ends: ['PATH_OUTSIDE'],
    data: 'data/**/*.csv',
    make: (folder) => {
      mkdirSync(join(folder, 'data'))
      symlinkSync('/', join(folder, 'data/more'))
      writeFileSync(join(folder, 'data/a.csv'), csv)
    },
  },
  'a link into the cache of DVC': {
    ends: ['passed'],
    data: 'data/*.csv',
    make: (folder) => {
      mkdirSync(join(folder, 'data'))
      mkdirSync(join(folder, '.dvc/cache/files/md5/0a'), { recursive: true })
      writeFileSync(join(folder, '.dvc/cache/files/md5/0a/bcdef'), csv, { mode: 0o444 })
      symlinkSync(join(folder, '.dvc/cache/files/md5/0a/bcdef'), join(folder, 'data/train.csv'))
    },
  },
  'a FIFO': { ends: ['FILE_UNREADABLE'], make: (folder) => void execFileSync('mkfifo', [join(folder, 'data.csv')]) },
  'a FIFO as the suite': {
    ends: ['FILE_UNREADABLE'],
    inputs: { suite: 'fifo.yaml' },
    make: (folder) => {
      writeFileSync(join(folder, 'data.csv'), csv)
      execFileSync('mkfifo', [join(folder, 'fifo.yaml')])
    },
  },
  'a FIFO as mlops.yaml': {
    ends: ['FILE_UNREADABLE'],
    make: (folder) => {
      writeFileSync(join(folder, 'data.csv'), csv)
      execFileSync('mkfifo', [join(folder, 'mlops.yaml')])
    },
  },
  'a link to a device': {
    ends: ['PATH_OUTSIDE'],
    make: (folder) => symlinkSync('/dev/zero', join(folder, 'data.csv')),
  },
  'a folder': { ends: ['FILE_IS_DIRECTORY'], make: (folder) => void mkdirSync(join(folder, 'data.csv')) },
  'a suite of 1 GB': {
    ends: ['FILE_TOO_LARGE'],
    make: (folder) => {
      writeFileSync(join(folder, 'data.csv'), csv)
      write(join(folder, 'suite.yaml'), ['# ', ...times(1024, () => mega)])
    },
  },
  'a suite of aliases': {
    ends: ['SUITE_INVALID'],
    make: (folder) => {
      writeFileSync(join(folder, 'data.csv'), csv)
      const levels = [...times(9, (i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`)]
      writeFileSync(
        join(folder, 'suite.yaml'),
        ['a0: &a0 [x, x, x]', ...levels, 'columns: { a: { in_set: *a9 } }'].join('\n'),
      )
    },
  },
  'a suite nested 100,000 deep': {
    ends: ['SUITE_INVALID'],
    make: (folder) => {
      writeFileSync(join(folder, 'data.csv'), csv)
      writeFileSync(join(folder, 'suite.yaml'), `columns: { a: { in_set: ${'['.repeat(1e5)}${']'.repeat(1e5)} } }`)
    },
  },
  'a suite of 100,000 expectations, JSON': {
    ends: ['passed'],
    make: (folder) => {
      writeFileSync(join(folder, 'data.csv'), csv)
      const expectations = [
        ...times(100_000, (i) => ({
          type: 'expect_column_values_to_be_between',
          kwargs: { column: 'a', min_value: -i, max_value: 10 },
        })),
      ]
      writeFileSync(join(folder, 'suite.yaml'), JSON.stringify({ name: 's', expectations }))
    },
  },
  'a suite of 100,000 expectations, YAML': {
    ends: ['failed'],
    make: (folder) => {
      writeFileSync(join(folder, 'data.csv'), csv)
      const lines = [
        ...times(100_000, (i) => `- { type: expect_column_values_to_be_between, column: a, max_value: ${i % 3} }`),
      ]
      writeFileSync(join(folder, 'suite.yaml'), lines.join('\n'))
    },
  },
  'a pattern that backtracks without end': {
    ends: ['failed'],
    make: (folder) => {
      write(join(folder, 'data.csv'), ['a,b\n', ...times(100_000, (i) => `${i},${'a'.repeat(40)}${i}!\n`)])
      writeFileSync(join(folder, 'suite.yaml'), 'columns: { b: { matches: "^(a+)+$" } }')
    },
  },
  'a JSON Schema whose pattern backtracks without end': {
    ends: ['failed'],
    make: (folder) => {
      write(join(folder, 'data.csv'), ['a,b\n', ...times(1000, (i) => `${i},"""${'a'.repeat(40)}${i}!"""\n`)])
      writeFileSync(
        join(folder, 'suite.yaml'),
        'expectations: [{ type: expect_column_values_to_match_json_schema, column: b, json_schema: { pattern: "^(a+)+$" } }]',
      )
    },
  },
  'a JSON Schema that refers to itself': {
    ends: ['failed'],
    make: (folder) => {
      write(join(folder, 'data.csv'), ['a,b\n', '1,"[1]"\n'])
      writeFileSync(
        join(folder, 'suite.yaml'),
        'expectations: [{ type: expect_column_values_to_match_json_schema, column: b, json_schema: { $ref: "#" } }]',
      )
    },
  },
  'JSON texts nested 1,000,000 deep': {
    ends: ['passed', 'failed'],
    make: (folder) => {
      write(join(folder, 'data.csv'), ['a,b\n', `1,${'['.repeat(1e6)}${']'.repeat(1e6)}\n`])
      writeFileSync(
        join(folder, 'suite.yaml'),
        'expectations: [{ type: expect_column_values_to_match_json_schema, column: b, json_schema: { items: { $ref: "#" } } }]',
      )
    },
  },
}

const [word = ''] = process.argv.slice(2)
const root = mkdtempSync(join(tmpdir(), 'hostile-data-'))
const rows: object[] = []
try {
  const program = await bundledAction(root)
  for (const [name, { ends, make, data = 'data.csv', inputs = {} }] of Object.entries(cases)) {
    if (!name.includes(word)) continue
    const [folder, outside] = [join(root, 'job/work'), join(root, 'job/outside')]
    for (const one of [folder, outside]) mkdirSync(one, { recursive: true })
    writeFileSync(join(outside, 'data.csv'), csv)
    writeFileSync(join(folder, 'suite.yaml'), suite)
    await make(folder)
    const found = await judge(program, folder, { data, suite: 'suite.yaml', ...inputs }, { seconds: 180 })
    const end =
      found.exit === undefined ? 'stopped after 180 s' : found.verdict === 'error' ? found.code : found.verdict
    const right = ends.includes(end)
    if (!right) process.exitCode = 1
    rows.push({
      case: name,
      ends: right ? end : `**${end}**, not ${ends.join(' or ')}: ${found.message.slice(0, 200)}`,
      'wall s': found.wall.toFixed(1),
      'peak MB': Math.round(found.peak),
    })
    console.error(JSON.stringify(rows.at(-1)))
    rmSync(join(root, 'job'), { recursive: true, force: true })
  }
} finally {
  rmSync(root, { recursive: true, force: true })
}
printTable(rows)
