import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
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

  const long = `name: ${'long '.repeat(40)}end\n`
  it.each([
    [
      'adds the key',
      '# Ours.\nport: 8081 # not 8080\n\nmodels:\n  m: ./m\n',
      (text: string) => `${text}paired: true\n`,
    ],
    [
      'replaces the value',
      '# Ours.\npaired:   false # measured\nport: 1\n',
      () => '# Ours.\npaired:   true # measured\nport: 1\n',
    ],
    ['keeps a file of comments', '# Nothing here yet.\n', (text: string) => `${text}paired: true\n`],
    [
      'keeps quotes, spaces and long lines',
      `sft:   "./a"\nend_tokens: [ "<x>", '<y>' ]\n${long}`,
      (text: string) => `${text}paired: true\n`,
    ],
    ['keeps CRLF', 'port: 1\r\npaired: false\r\n', () => 'port: 1\r\npaired: true\r\n'],
    ['adds a missing end of line', 'port: 1', () => 'port: 1\npaired: true\n'],
    ['replaces a value in a flow map', '{ port: 1, paired: false }\n', () => '{ port: 1, paired: true }\n'],
  ])('%s', async (_name, text, expected) => {
    await writeFile(path, text)
    await writeSetting(path, 'paired', true)
    expect(await readFile(path, 'utf8')).toBe(expected(text))
    expect((await loadSettings({}, {}, folder)).settings.paired).toBe(true)
  })

  it.each([
    ['a flow map', '{ port: 1 }\n'],
    ['JSON', '{\n  "port": 1\n}\n'],
    ['a document end', 'port: 1\n...\n'],
    ['an indented map', '  port: 1\n  strict: true\n'],
    ['an alias', 'strict: &x false\npaired: *x\n'],
    ['an anchor that another key uses', 'paired: &p false\nstrict: *p\n'],
  ])('refuses %s, of which more would change, and writes nothing', async (_name, text) => {
    await writeFile(path, text)
    await expect(writeSetting(path, 'paired', true)).rejects.toThrow(
      `cannot set paired in ${path} without changing the rest of it: write "paired: true" yourself`,
    )
    expect(await readFile(path, 'utf8')).toBe(text)
    expect(await readdir(folder)).toEqual(['tandem.yaml'])
  })

  it('keeps the mode of the file and the link to it', async () => {
    const real = join(folder, 'real.yaml')
    await writeFile(real, 'port: 1\n', { mode: 0o600 })
    await symlink(real, path)
    await writeSetting(path, 'paired', true)
    expect(await readFile(real, 'utf8')).toBe('port: 1\npaired: true\n')
    expect((await lstat(path)).isSymbolicLink()).toBe(true)
    expect((await stat(real)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).sort()).toEqual(['real.yaml', 'tandem.yaml'])
  })
})
