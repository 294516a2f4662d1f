import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ToyService } from './testing/toy-service.js'
import { readText } from './text/testing/fixtures.js'

/**
 * Long prompts do not delay other requests. The gateway is a separate process, because threads run
 * the built code.
 */

const dpo = new ToyService(3)
const sft = new ToyService(1009)
let gateway: ChildProcess
let url: string
beforeAll(async () => {
  for (const { model } of [dpo, sft]) model.contextLength = 200_000
  gateway = fork(fileURLToPath(new URL('../dist/main.js', import.meta.url)), {
    env: { ...process.env, TANDEM_DPO: await dpo.start(), TANDEM_SFT: await sft.start(), TANDEM_PORT: '0' },
    execArgv: [],
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  })
  ;[{ address: url }] = (await once(gateway, 'message')) as [{ address: string }]
})
afterAll(() => {
  gateway.kill()
  dpo.kill()
  sft.kill()
})

/** One piece with many merges, the slowest of all texts that the limits allow. */
const long = 'e'.repeat(300_000)
/** As many long texts as are encoded at once. */
const atOnce = 4

const post = (path: string, body: object, signal: AbortSignal | null = null) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'pair', ...body }),
    signal,
  })
const countTokens = async (body: object) => ((await (await post('/tokenize', body)).json()) as { count: number }).count

/** Counts how often other work was done while a request ran. */
async function countMeanwhile(work: Promise<unknown>, other: () => Promise<unknown>): Promise<number> {
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  let count = 0
  for (; !isOver; count++) await other()
  await over
  return count
}

const expected = readText('tiny/llama-tied').encode(long).length

test.each([
  ['a prompt', { prompt: long }],
  ['a conversation', { messages: [{ role: 'user', content: long }] }],
])('%s is encoded while the gateway answers other requests', async (_, body) => {
  const answer = Promise.all(Array.from({ length: atOnce }, () => countTokens(body)))
  const others = await countMeanwhile(answer, async () => {
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    expect(await countTokens({ prompt: 'short' })).toBeGreaterThan(0)
  })
  expect(others).toBeGreaterThan(10)
  for (const count of await answer) expect(count).toBeGreaterThanOrEqual(expected)
})

test('a prompt of medium length is answered before long ones that came first', async () => {
  const answered: number[] = []
  const ask = async (prompt: string) => {
    await countTokens({ prompt })
    answered.push(prompt.length)
  }
  const asked = Array.from({ length: atOnce }, () => ask(long))
  await fetch(`${url}/livez`)
  await Promise.all([...asked, ask('words '.repeat(1_000))])
  expect(answered).toEqual([6_000, ...Array.from({ length: atOnce }, () => long.length)])
})

test('open streams continue', async () => {
  const answer = Promise.all(Array.from({ length: atOnce }, () => countTokens({ prompt: long })))
  const streams = await countMeanwhile(answer, async () => {
    const body = { prompt: [4, 388], max_tokens: 5, ignore_eos: true, stream: true }
    expect(await (await post('/v1/completions', body)).text()).toContain('[DONE]')
  })
  // The last one may end after the prompts.
  expect(streams).toBeGreaterThan(1)
})

test('a client that disconnects releases its place for the next one', async () => {
  const clients = Array.from({ length: 20 }, () => new AbortController())
  const left = clients.map(({ signal }) =>
    post('/tokenize', { prompt: long }, signal).catch((error: Error) => error.name),
  )
  await fetch(`${url}/livez`)
  for (const client of clients) client.abort()
  expect(new Set(await Promise.all(left))).toEqual(new Set(['AbortError']))
  expect(await countTokens({ prompt: long })).toBe(expected)
})
