import { expect, it } from 'vitest'
import { findWideProse } from './wide-prose.js'

const words = 'word '.repeat(30).trim()

it('finds lines of prose that are too wide', () => {
  expect(findWideProse(`short\n${words}\n- ${words}`)).toEqual([
    [2, 149],
    [3, 151],
  ])
})

it('finds a link that could stand on a line of its own', () => {
  expect(findWideProse(`see [it](${'x'.repeat(120)})`)).toHaveLength(1)
})

it.each([
  ['a row of a table', `| ${words} |`],
  ['a heading', `## ${words}`],
  ['code', `\`\`\`sh\n${words}\n\`\`\``],
  ['a link', `- [${words}](x)`],
  ['the address of a link', `[it]: https://${'x'.repeat(120)}`],
  ['what is measured', `<!-- measured: npm run x -->\n${words}\n<!-- end of what is measured -->`],
  ['front matter', `---\ntitle: ${words}\n---`],
])('leaves out %s', (_, text) => expect(findWideProse(text)).toEqual([]))

it('checks what follows code', () => {
  expect(findWideProse(`~~~\n${words}\n~~~\n${words}`)).toEqual([[4, 149]])
})
