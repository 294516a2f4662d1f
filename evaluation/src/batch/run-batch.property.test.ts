import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assert, asyncProperty, constantFrom, integer, nat, uint8Array } from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { batchOptions } from '../testing/batch-options.js'
import { type FakeGateway, startFakeGateway } from '../testing/fake-gateway.js'
import { useFolder } from '../testing/folder.js'
import { type BatchOptions, batchPath, runBatch } from './run-batch.js'

const folder = useFolder()
let gateway: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway()
})
afterAll(() => gateway.stop())

const texts = ['one', 'refuse this', 'zwei 数', 'three\u2028', 'four', 'five', 'six']
const writers = {
  'plain.txt': () => texts.join('\n'),
  'openai.jsonl': () =>
    texts
      .map((content, i) => {
        const body = { messages: [{ role: 'user', content }] }
        return JSON.stringify({ custom_id: `row ${i}`, method: 'POST', url: '/v1/chat/completions', body })
      })
      .join('\n'),
}
type Name = keyof typeof writers
const names = constantFrom(...(Object.keys(writers) as Name[]))

let number = 0
async function prepare(name: Name, changes: Partial<BatchOptions> = {}) {
  const path = join(folder(), name)
  await writeFile(path, writers[name]())
  return batchOptions(path, join(folder(), `answers-${++number}.jsonl`), gateway.url, changes)
}
async function run(options: BatchOptions): Promise<Buffer> {
  await runBatch(options)
  return readFile(batchPath(options.out, options.shard))
}

it('continued from any byte of the file, also with garbage after it, the file is that of an unbroken run', () =>
  assert(
    asyncProperty(
      names,
      integer({ min: 1, max: 3 }),
      nat(10_000),
      uint8Array({ maxLength: 30 }),
      async (name, samples, at, garbage) => {
        const options = await prepare(name, { samples: name === 'plain.txt' ? samples : 1 })
        const whole = await run(options)
        const kept = at % (whole.length + 1)
        await truncate(options.out, kept)
        await writeFile(options.out, garbage, { flag: 'a' })
        const before = gateway.received.length
        expect(await run(options)).toEqual(whole)
        // Whole rows are not asked for again.
        const rows = (bytes: Buffer) => bytes.toString().split('\n').length - 1
        expect(gateway.received.length - before).toBe(rows(whole) - rows(whole.subarray(0, kept)))
      },
    ),
    { numRuns: 60 },
  ))

it('shards one after the other are the file of the whole run', () =>
  assert(
    asyncProperty(names, integer({ min: 1, max: 9 }), integer({ min: 1, max: 2 }), async (name, count, samples) => {
      const changes = { samples: name === 'plain.txt' ? samples : 1 }
      const whole = await run(await prepare(name, changes))
      const options = await prepare(name, changes)
      const numbers = Array.from({ length: count }, (_, i) => i + 1)
      const parts = await Promise.all(numbers.map((each) => run({ ...options, shard: { number: each, count } })))
      expect(Buffer.concat(parts)).toEqual(whole)
    }),
    { numRuns: 20 },
  ))

it('the file is the same at any concurrency', async () => {
  const files = await Promise.all(
    [1, 2, 16].map(async (concurrency) => run(await prepare('plain.txt', { concurrency }))),
  )
  expect(new Set(files.map(String)).size).toBe(1)
})
