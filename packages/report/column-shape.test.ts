import { type Profile, profileTable } from '@mlops-actions/profile'
import { readTable } from '@mlops-actions/table'
import { verdict } from '@mlops-actions/verdict'
import { describe, expect, it } from 'vitest'
import { columnShape } from './column-shape.ts'
import { reportHtml } from './html.ts'
import { reportMarkdown } from './markdown.ts'

const rows = Array.from({ length: 400 }, (_, i) => [
  i % 5 === 0 ? 1 : 0,
  i,
  new Date(Date.UTC(2024, 0, 1 + (i % 360))).toISOString().slice(0, 10),
  i % 4 === 0 ? 'One year' : i === 1 ? 'a <b> | c' : 'Month-to-month',
  `${'lorem '.repeat(i % 7)}${i}`,
  `secret-${i}@example.com`,
  90_000 + i,
])
const names = ['flag', 'amount', 'day', 'contract', 'note', 'email', 'salary']

async function profiled(sensitive: string[] = []): Promise<Profile> {
  const csv = [names, ...rows].map((row) => row.join(',')).join('\n')
  const source = {
    name: 'data.csv',
    async *open() {
      yield Buffer.from(csv)
    },
  }
  return profileTable(await readTable([source]), { sensitive })
}

describe('columnShape', async () => {
  const { columns } = await profiled()
  const shape = (name: string) => columnShape(columns.find((column) => column.name === name)!)!
  const shares = (name: string) => shape(name).bars.map(({ share }) => share)

  it('adds up to all rows, whatever is drawn', () => {
    for (const name of ['flag', 'amount', 'day', 'contract', 'note'])
      expect(shares(name).reduce((a, b) => a + b)).toBeCloseTo(1, 9)
  })

  it('has a bar a value where these are few, and even cells else', () => {
    expect(shape('flag').bars).toEqual([
      { label: '0', share: 0.8 },
      { label: '1', share: 0.2 },
    ])
    expect(shares('amount')).toHaveLength(24)
    for (const share of shares('amount')) expect(share).toBeCloseTo(1 / 24, 2)
  })

  it('says in words what it shows: numbers, days, lengths, categories', () => {
    expect(shape('amount')).toMatchObject({
      title: 'amount: values from 0 to 399',
      detail: 'median 199.5, half of them from 99.75 to 299.3',
    })
    expect(shape('day').title).toBe('day: values from 2024-01-01 to 2024-12-25')
    expect(shape('note').title).toMatch(/^note: lengths in characters from 1 to \d+$/)
    expect(shape('contract').detail.replaceAll('\u00a0', ' ')).toBe(
      'Month-to-month 74.8 %, One year 25 %, a <b> | c 0.3 %',
    )
  })
})

describe('the columns of a report', () => {
  const report = async (sensitive: string[]) => ({
    title: 'Data',
    verdicts: [verdict('validation', {}, [])],
    profile: await profiled(sensitive),
  })

  it('are drawn and named, also for those who cannot see them', async () => {
    const of = await report([])
    const page = reportHtml(of)
    expect(page).toContain('<title>contract: shares of the most frequent values</title><desc>Month-to-month')
    expect(page).toContain('a &lt;b&gt; | c')
    expect(reportMarkdown(of)).toMatch(/\| `flag` \| integer \| 0\u00a0% \| 2 \| 0 to 1 \| █▃ \|/)
  })

  it('show nothing of a sensitive one but its type and counts', async () => {
    const of = await report(['email', 'salary', 'contract', 'day'])
    for (const text of [reportHtml(of), reportMarkdown(of)]) {
      expect(text).not.toMatch(/secret|90,\d{3}|Month-to-month|sha256|2024/)
      expect(text.match(/not shown: sensitive/g)).toHaveLength(4)
    }
  })
})
