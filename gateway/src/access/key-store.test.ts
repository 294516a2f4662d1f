import { mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { maxKeyFileBytes, parseKeyFile } from './key-file.js'
import { KeyStore } from './key-store.js'

let folder: string
let file: string
let infos: object[]
let errors: { fault?: string }[]
const log = {
  info: (fields: object) => void infos.push(fields),
  error: (fields: object) => void errors.push(fields),
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-keys-'))
  file = join(folder, 'keys')
  infos = []
  errors = []
})
afterEach(() => rm(folder, { recursive: true }))

const open = async (text: string, keys: readonly string[] = []) => {
  await writeFile(file, text)
  return KeyStore.open({ keys, file })
}
const nameOf = (store: KeyStore, key: string) => store.find(key)?.name ?? null
/** Two reads: the second one uses what the first one has found. */
const pollTwice = async (store: KeyStore) => {
  await store.poll(log)
  await store.poll(log)
}

test('finds the keys of the environment and of the file by their text', async () => {
  const store = await open('# keys\r\nfrom-file name=alice\r\n\r\nother\n', ['from-environment'])
  expect(store.isEmpty).toBe(false)
  expect(['from-environment', 'from-file', 'other', 'wrong', ''].map((key) => nameOf(store, key))).toEqual([
    'key-1',
    'alice',
    'key-3',
    null,
    null,
  ])
  expect(new KeyStore({ keys: [] }).isEmpty).toBe(true)
})

test('a changed file is used when two reads have found the same text', async () => {
  const store = await open('old name=a')
  await writeFile(file, 'new name=b')
  await store.poll(log)
  expect([nameOf(store, 'old'), nameOf(store, 'new')]).toEqual(['a', null])
  await store.poll(log)
  expect([nameOf(store, 'old'), nameOf(store, 'new')]).toEqual([null, 'b'])
  await pollTwice(store)
  expect([infos, errors]).toEqual([[{ file, keys: 1 }], []])
})

test('a mounted secret, which is replaced by symbolic links, is read again', async () => {
  const version = async (name: string, text: string) => {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'keys'), text)
    await symlink(name, join(folder, 'new'))
    await rename(join(folder, 'new'), join(folder, 'data'))
  }
  await version('v1', 'old')
  await symlink(join('data', 'keys'), file)
  const store = await KeyStore.open({ keys: [], file })
  await version('v2', 'new')
  await pollTwice(store)
  expect([nameOf(store, 'old'), nameOf(store, 'new')]).toEqual([null, 'key-1'])
})

test.each([
  ['a wrong line', 'a\nvery-secret word\n', ':2: field 2 is not known'],
  ['no key', '# nothing\n', ': the file has no keys: expected one key in each line'],
  ['the same key twice', 'very-secret\nvery-secret', ':2: the key is also in'],
  ['a name twice', 'very-secret name=x\nb name=x', ':2: the name x is also in'],
  ['257 keys', Array.from({ length: 257 }, (_, i) => `k${i}`).join('\n'), 'found 257 API keys: expected at most 256'],
  ['too many bytes', 'a'.repeat(maxKeyFileBytes + 1), 'the file is larger than 262144 bytes'],
])('a file with %s changes nothing, is logged once, and refuses a start', async (_, text, message) => {
  const store = await open('good')
  await writeFile(file, text)
  for (let i = 0; i < 4; i++) await store.poll(log)
  expect(nameOf(store, 'good')).toBe('key-1')
  expect(errors).toHaveLength(1)
  expect(errors[0]?.fault).toContain(message)
  expect(JSON.stringify(errors)).not.toContain('very-secret')
  await expect(KeyStore.open({ keys: [], file })).rejects.toThrow(message)
  await writeFile(file, 'better')
  await pollTwice(store)
  expect(nameOf(store, 'better')).toBe('key-1')
})

test('a file that is missing, a folder or empty keeps the keys so far', async () => {
  const store = await open('good')
  await rm(file)
  await pollTwice(store)
  await mkdir(file)
  await pollTwice(store)
  await rm(file, { recursive: true })
  await writeFile(file, 'x')
  await truncate(file)
  await pollTwice(store)
  expect(nameOf(store, 'good')).toBe('key-1')
  expect(errors.map(({ fault }) => fault?.replace(file, ''))).toEqual([
    ': the file cannot be read (ENOENT)',
    ': expected a file',
    ': the file has no keys: expected one key in each line',
  ])
})

test('a key that stays keeps what it has used, and gets its new limits', async () => {
  const store = await open('a requests_per_minute=10 tokens_per_minute=100')
  for (let i = 0; i < 4; i++) store.find('a')?.usage.countRequest()
  await writeFile(file, 'b\na requests_per_minute=20 concurrent=1\n')
  await pollTwice(store)
  const usage = store.find('a')?.usage
  expect(usage?.requestState).toMatchObject({ limit: 20, remaining: 16 })
  expect(usage?.tokenState).toBeNull()
})

test('keys of the environment must differ, and be no more than 256', () => {
  expect(() => new KeyStore({ keys: ['very-secret', 'a', 'very-secret'] })).toThrow(
    /^TANDEM_API_KEYS, key 3: the key is also in TANDEM_API_KEYS, key 1: expected it once$/,
  )
  expect(() => new KeyStore({ keys: Array.from({ length: 257 }, (_, i) => `k${i}`) })).toThrow('found 257 API keys')
})

test('watches the file until it is closed', async () => {
  const store = await open('old')
  store.watch(log)
  try {
    await writeFile(file, 'new')
    await expect.poll(() => nameOf(store, 'new')).toBe('key-1')
  } finally {
    store.close()
  }
})

test('the example of docs/configuration.md is valid', async () => {
  const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
  const [, example = ''] = /```text\n([^`]*sha256:[^`]*)```/.exec(page) ?? []
  expect(parseKeyFile(example, 'keys')).toMatchObject([
    { name: 'alice', limits: { concurrent: 4, requestsPerMinute: 60, tokensPerMinute: 10_000 } },
    { name: 'batch', limits: { tokensPerMinute: null } },
  ])
})
