import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadSettings } from './load-settings.js'
import { writeSetting } from './write-setting.js'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-write-'))
  path = join(folder, 'tandem.yaml')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('writeSetting', () => {
  it('creates a missing file', async () => {
    await writeSetting(path, 'paired', false)
    expect(await readFile(path, 'utf8')).toBe('paired: false\n')
  })

  it.each([
    ['adds the key', '# Ours.\nport: 8081 # not 8080\n\nmodels:\n  m: ./m\n', '\npaired: true\n'],
    ['replaces the value', '# Ours.\npaired: false # measured\nport: 1\n', 'paired: true # measured\n'],
    ['keeps a file of comments', '# Nothing here yet.\n', 'paired: true\n'],
    ['keeps a long line', `name: ${'long '.repeat(40)}end\n`, `name: ${'long '.repeat(40)}end\n`],
  ])('%s and keeps the rest', async (_name, text, expected) => {
    await writeFile(path, text)
    await writeSetting(path, 'paired', true)
    const written = await readFile(path, 'utf8')
    expect(written).toContain(expected)
    for (const line of text.split('\n')) if (!line.startsWith('paired')) expect(written).toContain(line)
    expect((await loadSettings({}, {}, folder)).settings.paired).toBe(true)
  })

  it('changes nothing but the value', async () => {
    const text = `# Above.\n\nsft:   "./a" # quoted\ndpo: './b'\nend_tokens: [ "<x>", '<y>' ]\npaired: true\n`
    await writeFile(path, text)
    await writeSetting(path, 'paired', false)
    const { settings } = await loadSettings({}, {}, folder)
    expect(settings).toMatchObject({ sft: join(folder, 'a'), dpo: join(folder, 'b'), paired: false })
    expect(settings.end_tokens).toEqual(['<x>', '<y>'])
    expect(await readFile(path, 'utf8')).toContain('# quoted')
  })
})
