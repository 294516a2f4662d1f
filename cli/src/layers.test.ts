import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/**
 * The folders from the top, as index.ts lists them. Folders of one line do not import each other.
 */
const layers = [
  ['program'],
  ['commands'],
  ['chat', 'doctor', 'pairing', 'trace'],
  ['stack'],
  ['sources'],
  ['config'],
  ['pull/hub'],
  ['pull'],
  ['cache'],
  ['source-text', 'util', 'service-client', '.'],
]

const source = dirname(fileURLToPath(import.meta.url))
const entries = ['index.ts', 'main.ts']
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('testing/'))

const levelOf = (folder: string) => layers.findIndex((folders) => folders.includes(folder))

it.each(files.filter((name) => !entries.includes(name)))('%s imports only its own folder and lower ones', (name) => {
  const folder = posix.dirname(name)
  expect(levelOf(folder)).toBeGreaterThanOrEqual(0)
  const imports = readFileSync(join(source, name), 'utf8').matchAll(/(?:from |import\()'(\.[^']+)'/g)
  for (const [, path = ''] of imports) {
    const imported = posix.dirname(posix.join(folder, path))
    expect(imported === folder || levelOf(imported) > levelOf(folder), `${name} imports ${path}`).toBe(true)
  }
})
