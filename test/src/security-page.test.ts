import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryFolder } from './support/fixtures.js'

const page = readFileSync(join(repositoryFolder, 'SECURITY.md'), 'utf8')
const section = page.slice(page.indexOf('## What the software does'), page.indexOf('## What is not defended'))
const named = [...section.matchAll(/^\|[^|]*\|[^|]*\|([^|]*)\|$/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
)

/** The page leaves out these folders, and the end of a test file's name. */
const folders = ['', 'gateway/src/', 'services/src/']
const exists = (name: string) =>
  folders.some((folder) => ['', '.test.ts'].some((end) => existsSync(join(repositoryFolder, `${folder}${name}${end}`))))

test('every test that SECURITY.md names exists', () => {
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter((name) => !exists(name))).toEqual([])
})
