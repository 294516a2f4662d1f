import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel, defaultPairName, findPair } from '@tandem/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { embeddedPair } from './support/embedded-pair.js'
import { fixturesFolder, tinyFolder } from './support/fixtures.js'
import { type Stack, startStack } from './support/stack.js'

/**
 * Compares scores over REST with transformers: the tiny reward models, and the reward model of the
 * embedded pair at fp32 and at its own precision.
 */

const rowsSchema = z.array(z.object({ messages: z.array(z.unknown()), ids: z.array(z.int()), score: z.number() }))
type Rows = z.output<typeof rowsSchema>
const readJson = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(join(fixturesFolder, path), 'utf8'))
const tiny = z.object({ base: rowsSchema, 'base+lora': rowsSchema }).parse(await readJson('tiny-reward/reference.json'))
const picker = rowsSchema.parse(await readJson('smollm2-reward.json'))

/**
 * Largest differences found: 2.9e-6 for the tiny models, and for the embedded one 3.3e-6 at fp32
 * and 4.2e-6 at its own precision.
 */
const models: readonly (readonly [name: string, rows: Rows, tolerance: number])[] = [
  ['base', tiny.base, 1e-4],
  ['lora', tiny['base+lora'], 1e-4],
  ['picker-fp32', picker, 2e-5],
  ['picker', picker, 2e-5],
]

let folder: string
let stack: Stack
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-rewards-'))
  const build = async (name: string, source: string, more: Partial<Parameters<typeof buildModel>[0]> = {}) => {
    await buildModel({ source, out: join(folder, name), ...more })
    return join(folder, name)
  }
  const base = join(fixturesFolder, 'tiny-reward/base')
  const { source } = await embeddedPair()
  const pair = findPair(defaultPairName)
  const language = await build('language', tinyFolder('llama-tied'))
  stack = await startStack({
    sft: language,
    dpo: language,
    pair: 'tiny',
    rewards: {
      base: await build('base', base),
      lora: await build('lora', base, { adapter: join(fixturesFolder, 'tiny-reward/base+lora') }),
      'picker-fp32': await build('picker-fp32', source, { adapter: pair.picker, precision: 'fp32' }),
      picker: await build('picker', source, { adapter: pair.picker, precision: pair.precision }),
    },
  })
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

const answerSchema = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(z.object({ object: z.literal('score'), index: z.int(), score: z.number() })),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
})

async function score(body: object): Promise<z.output<typeof answerSchema>> {
  const response = await fetch(`${stack.url}/v1/score`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(await response.text())
  return answerSchema.parse(await response.json())
}

describe.each(models)('%s', (model, rows, tolerance) => {
  const expectScores = (answer: z.output<typeof answerSchema>, expected: Rows) => {
    expect(answer.model).toBe(model)
    expect(answer.data.map(({ index }) => index)).toEqual([...expected.keys()])
    answer.data.forEach((found, i) => {
      expect(Math.abs(found.score - (expected[i]?.score ?? Number.NaN))).toBeLessThan(tolerance)
    })
    expect(answer.usage.prompt_tokens).toBe(expected.reduce((sum, { ids }) => sum + ids.length, 0))
  }

  test('scores each conversation in its own request', async () => {
    for (const row of rows) expectScores(await score({ model, messages: row.messages }), [row])
  })

  test('scores all conversations in one request', async () => {
    expectScores(await score({ model, conversations: rows.map(({ messages }) => messages) }), rows)
  })
})

test('uses the first reward model if the request names none', async () => {
  const { model } = await score({ messages: tiny.base[0]?.messages })
  expect(model).toBe('base')
})

const chosenSchema = z.object({
  choices: z.tuple([
    z.object({
      message: z.object({ content: z.string() }),
      decoding_candidates: z.array(z.object({ text: z.string(), score: z.number(), chosen: z.boolean() })),
    }),
  ]),
})

test('best-of-n chooses the answer with the highest score of /v1/score', async () => {
  const messages = [{ role: 'user', content: 'alignment aware decoding' }]
  const decoding = { strategy: 'best-of-n', n: 6, seed: 3, reward: 'lora', detail: true }
  const response = await fetch(`${stack.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'tiny', messages, max_tokens: 12, ignore_eos: true, decoding }),
  })
  const [choice] = chosenSchema.parse(await response.json()).choices
  const candidates = choice.decoding_candidates
  const conversations = candidates.map(({ text }) => [...messages, { role: 'assistant', content: text }])
  const scores = (await score({ model: 'lora', conversations })).data.map((found) => found.score)
  expect(scores).toHaveLength(6)
  candidates.forEach((candidate, i) => {
    expect(candidate.score).toBeCloseTo(scores[i] ?? Number.NaN, 5)
  })
  const best = candidates.find(({ chosen }) => chosen)
  expect(best?.score).toBe(Math.max(...candidates.map((candidate) => candidate.score)))
  expect(choice.message.content).toBe(best?.text)
})
