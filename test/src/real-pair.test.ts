import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel, findPair } from '@tandem/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { embeddedPair } from './support/embedded-pair.js'
import { fixturesFolder, type GoldenRow, readGoldenRows, readTensors, referenceInput } from './support/fixtures.js'
import { GraphSession } from './support/graph-session.js'
import { largestDifference } from './support/log-probabilities.js'
import { compare, complete, completeStreamed, isUndecided } from './support/rest.js'
import { type Stack, startStack } from './support/stack.js'

/** What log p of this pair is right to at fp32, in nats. */
const error = 5e-5
const model = 'smollm2-135m-hh'
const rows = readGoldenRows('smollm2-pair.jsonl', ['aad', 'greedy-sft', 'greedy-dpo', 'eft', 'beam', 'aad-beam'])

interface TokensReference {
  readonly encode: readonly { text: string; ids: number[] }[]
  readonly chat: readonly { messages: object[]; ids: number[] }[]
}

let folder: string
let stack: Stack
let tokens: TokensReference
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-real-pair-'))
  const { source, adapter } = await embeddedPair()
  await buildModel({ source, out: join(folder, 'sft'), precision: 'fp32' })
  await buildModel({ source, adapter, out: join(folder, 'dpo'), precision: 'fp32' })
  tokens = JSON.parse(await readFile(join(fixturesFolder, 'smollm2-tokens.json'), 'utf8')) as TokensReference
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the logits of the embedded pair at fp32', () => {
  test.each(['sft', 'dpo'])('%s equals transformers', async (role) => {
    const reference = readTensors(join(fixturesFolder, 'smollm2-logits.safetensors'))
    const { ids, logits, vocabularySize } = referenceInput(reference, 'ids', role)
    const session = await GraphSession.open(join(folder, role))
    const found = await session.append(ids, [...ids.keys()])
    await session.close()
    expect(largestDifference(found, logits, vocabularySize)).toBeLessThan(1e-4)
  })
})

/** The three answers begin as the README quotes them. */
async function expectDemo({ url }: Stack): Promise<void> {
  const { demo } = findPair(model)
  const answers = await Promise.all(
    ['', '/greedy-dpo', '/greedy-sft'].map((suffix) =>
      complete(url, '/v1/chat/completions', { model: model + suffix, messages: demo, max_tokens: 48 }),
    ),
  )
  const beginnings = [
    'What an absurd and nonsensical statement!',
    'This is a classic example of a logical fallacy',
    "I'm glad you're taking a stand.",
  ]
  expect(answers.map(({ text }, i) => text.slice(0, beginnings[i]?.length))).toEqual(beginnings)
}

describe('at the precision that the pair comes with', () => {
  beforeAll(async () => {
    const { source, adapter } = await embeddedPair()
    const { precision } = findPair(model)
    const [sft, dpo] = [join(folder, 'own-sft'), join(folder, 'own-dpo')]
    await buildModel({ source, out: sft, precision })
    await buildModel({ source, adapter, out: dpo, precision })
    stack = await startStack({ sft, dpo, pair: model })
  })
  afterAll(() => stack?.stop())

  test('the demonstration shows the same', () => expectDemo(stack))
})

describe('through REST', () => {
  beforeAll(async () => {
    stack = await startStack({ sft: join(folder, 'sft'), dpo: join(folder, 'dpo'), pair: model })
  })
  afterAll(() => stack?.stop())

  test('every text gives the token ids of transformers', async () => {
    for (const { text, ids } of tokens.encode.filter((entry) => entry.ids.length > 0)) {
      const answer = await complete(stack.url, '/v1/completions', { model, prompt: text, max_tokens: 1 })
      expect(answer.promptIds, JSON.stringify(text)).toEqual(ids)
    }
  })

  test('every conversation gives the prompt ids of transformers', async () => {
    for (const { messages, ids } of tokens.chat) {
      const answer = await complete(stack.url, '/v1/chat/completions', { model, messages, max_tokens: 1 })
      expect(answer.promptIds).toEqual(ids)
    }
  })

  test('the demonstration shows what the pair prefers: the answers that the README quotes', () => expectDemo(stack))

  const nameOf = (row: GoldenRow) => `prompt ${row.prompt}, ${row.method} ${JSON.stringify(row.params)}`
  test.each(rows.map((row) => [nameOf(row), row] as const))('%s', async (_, row) => {
    const request = { model, max_tokens: row.max_tokens, decoding: { strategy: row.method, ...row.params } }
    // One as the conversation, one as its token ids on the plain path: both ways in, both ways out.
    const plain = { ...request, decoding: { ...request.decoding, path: 'plain' } }
    const [whole, streamed] = await Promise.all([
      complete(stack.url, '/v1/chat/completions', { ...request, messages: row.messages }),
      completeStreamed(stack.url, '/v1/completions', { ...plain, prompt: row.prompt_ids }),
    ])
    expect(whole.promptIds).toEqual(row.prompt_ids)
    expect(compare(row, whole, error)).toMatch(/^(equal|excused)$/)
    expect(compare(row, streamed, error)).toMatch(/^(equal|excused)$/)
    expect(streamed.text).toBe(whole.text)
    if (compare(row, whole, error) === 'equal') expect(whole.text).toBe(row.text)
  })

  const first = rows.filter(({ method }) => method === 'aad').slice(0, 6)
  const onPaths = ['lazy', 'draft', 'lookup'].flatMap((path) => first.map((row) => ({ path, prompt: row.prompt, row })))
  test.each(onPaths)('the same tokens on the path $path: prompt $prompt', async ({ path, row }) => {
    const decoding = { strategy: row.method, ...row.params, path }
    const request = { model, max_tokens: row.max_tokens, prompt: row.prompt_ids, decoding }
    const answer = await complete(stack.url, '/v1/completions', request)
    expect(compare(row, answer, error)).toMatch(/^(equal|excused)$/)
  })
})

test('few golden answers have a step whose margin could excuse a difference', () => {
  const undecided = rows.filter((row) => row.margins.some((_, step) => isUndecided(row, step, error)))
  expect(undecided.map(({ prompt, method }) => `${prompt} ${method}`)).toEqual(['4 aad', '2 aad-beam', '2 aad-beam'])
})
