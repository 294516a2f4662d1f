import { describe, expect, it } from 'vitest'
import { replaceTable } from './replace-table.js'

const command = 'npm run bench -- --write'

describe('replaceTable', () => {
  it('replaces the text between the marks and keeps the rest', () => {
    const document = (table: string) =>
      `# Title\n<!-- measured: ${command} -->\n\n${table}\n\n<!-- end of what is measured -->\nrest`
    expect(replaceTable(document('old'), 'new', command)).toBe(document('new'))
  })

  it('replaces only the table of its own command', () => {
    const document = (first: string, second: string) =>
      `<!-- measured: a -->\n\n${first}\n\n<!-- end of what is measured -->\n` +
      `<!-- measured: b -->\n\n${second}\n\n<!-- end of what is measured -->\n`
    expect(replaceTable(document('1', '2'), 'new', 'b')).toBe(document('1', 'new'))
  })

  it('refuses a document without the marks', () => {
    expect(() => replaceTable('# Title', 'new', command)).toThrow(
      'expected the lines "<!-- measured: npm run bench -- --write -->" and "<!-- end of what is measured -->"',
    )
  })
})
