import { describe, expect, test } from '@jest/globals'
import { escapeMarkdown, markdownCode, markdownTable } from '../../src/markdown.ts'
import { parseMarkdown, type MarkdownNode } from '../support/markdown.ts'

/** All that somebody else's text may try. */
const HOSTILE = [
  '*bold* _it_ __x__ ~~gone~~ `code` ``x``',
  '[link](https://evil.example) ![image](x) <https://evil.example>',
  'https://evil.example/a?b=c#d and www.evil.example',
  '<script>alert(1)</script> <!-- gone --> &lt; &#64;',
  '@octo/everyone #1 octo/repo#2',
  '# heading',
  '- item',
  '1. item',
  '> quote',
  '| a | b |',
  '---',
  '    indented',
  'C:\\path\\*',
  '$x^2$ \\(y\\)',
  'trailing \\',
  '[ ] task [^1] [x]: y',
  'zero\u0000bell\u0007',
  'gcc-wrapper-14.3.0+x_y~z'
]

describe('escaped text', () => {
  test.each(HOSTILE)('is shown as it is: %j', async text => {
    const shown = text.replace(/[\u0000-\u001f]+/g, ' ').trim() // eslint-disable-line no-control-regex
    const { children = [] } = await parseMarkdown(`x ${escapeMarkdown(text)}`)
    expect(children.map(({ type }) => type)).toEqual(['paragraph'])
    expect(textOf(children[0]!)).toEqual(['text', `x ${shown.replace(/ +/g, ' ')}`])
  })

  test.each(HOSTILE)('stays one cell: %j', async text => {
    const table = markdownTable(['a', 'b'], ['---', '---:'], [[escapeMarkdown(text), markdownCode(text)]])
    const { children = [] } = await parseMarkdown(table)
    expect(children.map(({ type }) => type)).toEqual(['table'])
    expect(children[0]!.children!.map(row => row.children!.length)).toEqual([2, 2])
  })

  test('stays one line', () => {
    expect(escapeMarkdown('a\r\nb\u2028c\td')).toBe('a b c d')
    expect(markdownCode('a\n\nb')).toBe('`a b`')
  })
})

describe('code', () => {
  test.each(['/nix/store/abc-gcc', 'a `b` c', '`', '``x', 'x*y_z', '<b>&amp;'])('shows %j', async text => {
    const { children = [] } = await parseMarkdown(markdownCode(text))
    expect(children[0]!.children).toEqual([expect.objectContaining({ type: 'inlineCode', value: text })])
  })

  test('is nothing for no text', () => {
    expect(markdownCode(' ')).toBe('')
  })
})

/** The kinds of a paragraph's parts and its whole text. */
function textOf({ children = [] }: MarkdownNode): [string, string] {
  const kinds = new Set(children.map(({ type }) => type))
  return [
    [...kinds].join(' '),
    children
      .map(({ value }) => value ?? '')
      .join('')
      .replace(/\s+/g, ' ')
      .trim()
  ]
}
