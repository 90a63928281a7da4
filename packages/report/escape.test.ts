import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  blockMarkdown,
  clip,
  codeMarkdown,
  escapeHtml,
  escapeMarkdown,
  escapeSummary,
  linkable,
  visible,
} from './escape.ts'

describe('blockMarkdown', () => {
  it('keeps lines, and nothing in them ends it', () => {
    expect(blockMarkdown('a\n  b: "c"')).toBe('```\na\n  b: "c"\n```')
    const block = blockMarkdown('```\n<b>\u202e\n````js')
    expect(block).toBe('`````\n```\n<b>‹U+202E›\n````js\n`````')
  })
})

describe('visible', () => {
  it('shows what has no glyph and what turns the text around', () => {
    expect(visible('a\r\nb\nc')).toBe('a↵b↵c')
    expect(visible('a\u0000\u001b[31m\t\u007f')).toBe('a␀␛[31m⇥␡')
    expect(visible('yes\u200b \u202egnp.exe \u2066x\u2069')).toBe('yes‹U+200B› ‹U+202E›gnp.exe ‹U+2066›x‹U+2069›')
    expect(visible('\u{e0041}\ud800')).toBe('‹U+E0041›‹U+D800›')
  })

  it('leaves letters, marks and emoji of every script alone', () => {
    const text = 'Größe ಕನ್ನಡ 日本 é ✔️ 🙂'
    expect(visible(text)).toBe(text)
  })
})

describe('escapeMarkdown', () => {
  it('keeps formatting, cells, HTML and formulas from coming out of data', () => {
    expect(escapeMarkdown('<img src=x onerror=alert(1)>|')).toBe('&lt;img src=x onerror=alert(1)&gt;\\|')
    expect(escapeMarkdown('`a` *b* _c_ ~d~ [e](f) &amp; \\')).toBe(
      '\\`a\\` \\*b\\* \\_c\\_ \\~d\\~ \\[e\\](f) &amp;amp; \\\\',
    )
    expect(escapeMarkdown('$x$')).toBe('<span>$</span>x<span>$</span>')
  })

  it('notifies nobody and links nowhere', () => {
    expect(escapeMarkdown('@octocat #12 GH-3 o/r#4')).toBe('@&#8203;octocat #&#8203;12 GH-&#8203;3 o/r#&#8203;4')
    expect(escapeMarkdown('https://evil.example www.evil.example')).toBe(
      'https:&#8203;//evil.example www&#8203;.evil.example',
    )
  })

  it('escapes without backslashes where Markdown is not read', () => {
    expect(escapeSummary("a_b <b> | it's @octocat #1")).toBe('a_b &lt;b&gt; | it&#39;s @&#8203;octocat #&#8203;1')
  })

  it('starts no heading, list or rule, and leaves numbers as they are', () => {
    expect(['# a', '- a', '+ a', '1. a', '---', '==='].map(escapeMarkdown)).toEqual([
      '\\# a',
      '\\- a',
      '\\+ a',
      '1\\. a',
      '\\---',
      '\\===',
    ])
    expect(['0.74', '-0.02', '+0.01', '1,409'].map(escapeMarkdown)).toEqual(['0.74', '-0.02', '+0.01', '1,409'])
  })

  it('stays on one line and within its cell, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        for (const out of [escapeMarkdown(text), codeMarkdown(text)]) {
          expect(out).not.toMatch(/[\r\n\u2028\u2029]/)
          expect(cellsOf(out)).toBe(1)
        }
        // The only markup is our own.
        expect(escapeMarkdown(text).replaceAll('<span>$</span>', '')).not.toMatch(/[<>]|(?<!\\)(?:\\\\)*[`*_[\]~]/)
      }),
    )
  })
})

describe('codeMarkdown', () => {
  it('is a code span, and HTML code where the text would break one', () => {
    expect(codeMarkdown('roc_auc')).toBe('`roc_auc`')
    expect(codeMarkdown('a`b|c')).toBe('<code>a&#96;b&#124;c</code>')
    expect(codeMarkdown(' ')).toBe('*(empty)*')
  })
})

describe('escapeHtml', () => {
  it('leaves no character that ends a text or an attribute', () => {
    expect(escapeHtml(`<a href="x" onclick='y'>&`)).toBe('&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'\r\n\u0000-\u001f\u202e]/)
      }),
    )
  })
})

describe('linkable', () => {
  it('takes web addresses only', () => {
    expect(linkable('https://github.com/o/r')).toBe('https://github.com/o/r')
    expect([' javascript:alert(1)', 'data:text/html,x', 'x', ''].map(linkable)).toEqual(Array(4).fill(undefined))
  })
})

describe('clip', () => {
  it('cuts between characters and says so', () => {
    expect(clip('abcd', 4)).toBe('abcd')
    expect(clip('abcde', 4)).toBe('abc…')
    expect(clip('🙂🙂🙂', 2)).toBe('🙂…')
    expect(clip('🙂🙂', 2)).toBe('🙂🙂')
  })
})

/** Cells of a line of a GitHub table: bars that no backslash escapes divide them, also inside code. */
function cellsOf(line: string): number {
  return line.replace(/\\[\s\S]/g, '').split('|').length
}
