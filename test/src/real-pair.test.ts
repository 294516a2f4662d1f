import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel, findPair } from '@tandem/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { embeddedPair } from './support/embedded-pair.js'
import {
  fixturesFolder,
  type GoldenRow,
  readGoldenRows,
  readTensors,
  referenceInput,
  repositoryFolder,
} from './support/fixtures.js'
import { GraphSession } from './support/graph-session.js'
import { largestDifference } from './support/log-probabilities.js'
import { compare, complete, completeStreamed, isUndecided } from './support/rest.js'
import { type Stack, startStack } from './support/stack.js'

/** Accuracy of log p of this pair at fp32, in nats. */
const error = 5e-5
const model = 'smollm2-135m-adherence'
const rows = readGoldenRows('smollm2-pair.jsonl', ['aad', 'greedy-sft', 'greedy-dpo', 'eft', 'beam', 'aad-beam'])

/**
 * Limits that let all concurrent tests run in one batch, and keep their prompts in the prefix
 * caches. At fp32 a run of 64 tokens takes four times as long as a run of one token.
 */
const largeBatches = {
  TANDEM_MAX_CONCURRENT: '64',
  TANDEM_MAX_BATCH: '64',
  TANDEM_MAX_SESSIONS: '512',
  // The caches keep whole chunks. All prompts are shorter than a chunk of the default size.
  TANDEM_PREFILL_CHUNK: '16',
}

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

interface Quote {
  readonly prompt: string
  readonly model: string
  readonly beginning: string
}

/** Reads the answers in the table of the README: one prompt per row, one model per column. */
async function readQuotes(): Promise<Quote[]> {
  const readme = await readFile(join(repositoryFolder, 'README.md'), 'utf8')
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  const lines = readme.slice(readme.indexOf('| prompt | ')).split('\n')
  const [, ...models] = cells(lines[0] ?? '').map((cell) => cell.replace(/^`(.*)`.*$/, '$1'))
  const rows = lines.slice(
    2,
    lines.findIndex((line) => !line.startsWith('|')),
  )
  return rows
    .map(cells)
    .flatMap(([prompt = '', ...answers]) =>
      answers.map((answer, i) => ({ prompt, model: models[i] ?? '', beginning: answer.replace(/ …$/, '') })),
    )
}

/** Returns the request of the first `curl` line of the README, with another prompt and model. */
const askAsReadme = ({ url }: Stack, { model, prompt }: Pick<Quote, 'model' | 'prompt'>) =>
  complete(url, '/v1/chat/completions', { model, messages: [{ role: 'user', content: prompt }], max_tokens: 48 })

describe('at the default precision of the pair', () => {
  beforeAll(async () => {
    const { source, adapter } = await embeddedPair()
    const { precision } = findPair(model)
    const [sft, dpo] = [join(folder, 'own-sft'), join(folder, 'own-dpo')]
    await buildModel({ source, out: sft, precision })
    await buildModel({ source, adapter, out: dpo, precision })
    stack = await startStack({ sft, dpo, pair: model })
  })
  afterAll(() => stack?.stop())

  test('answers begin like the quotes in the README', async () => {
    const quotes = await readQuotes()
    expect(quotes).toHaveLength(6)
    const answers = await Promise.all(quotes.map((quote) => askAsReadme(stack, quote)))
    expect(answers.map(({ text }, i) => text.slice(0, quotes[i]?.beginning.length))).toEqual(
      quotes.map(({ beginning }) => beginning),
    )
  })

  test('the first curl line requests one of the quoted answers', async () => {
    const [{ content } = { content: '' }] = findPair(model).demo
    expect((await readQuotes()).map(({ prompt }) => prompt)).toContain(content)
  })
})

describe('through REST', () => {
  beforeAll(async () => {
    stack = await startStack({ sft: join(folder, 'sft'), dpo: join(folder, 'dpo'), pair: model, env: largeBatches })
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

  const nameOf = (row: GoldenRow) => `prompt ${row.prompt}, ${row.method} ${JSON.stringify(row.params)}`
  const named = rows.map((row) => [nameOf(row), row] as const)
  // The first rows run one by one. The others run together, so that they also test batches, and
  // with prompts from the prefix caches.
  test.each(named.slice(0, 3))('%s', async (_, row) => expectGolden(row))
  test('the first token of every prompt', async () => {
    const prompts = new Map(rows.filter(({ method }) => method === 'aad').map((row) => [row.prompt, row]))
    const check = async (row: GoldenRow) => {
      const decoding = { strategy: row.method, ...row.params, path: 'plain' }
      const request = { model, max_tokens: 1, prompt: row.prompt_ids, decoding }
      const first = { ...row, token_ids: row.token_ids.slice(0, 1), finish: 'length' as const }
      expect(compare(first, await complete(stack.url, '/v1/completions', request), error)).toMatch(/^(equal|excused)$/)
    }
    expect(prompts.size).toBe(16)
    await Promise.all([...prompts.values()].map(check))
  })
  test.concurrent.each(named.slice(3))('%s', async (_, row) => expectGolden(row))

  /**
   * Sends the conversation, and at the same time its token ids on the plain path as a stream, so
   * that both inputs and both outputs are tested.
   */
  async function expectGolden(row: GoldenRow): Promise<void> {
    const request = { model, max_tokens: row.max_tokens, decoding: { strategy: row.method, ...row.params } }
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
  }

  const first = rows.filter(({ method }) => method === 'aad').slice(0, 6)
  const onPaths = ['auto', 'lazy', 'draft', 'lookup'].flatMap((path) =>
    first.map((row) => ({ path, prompt: row.prompt, row })),
  )
  test.concurrent.each(onPaths)('the same tokens on the path $path: prompt $prompt', async ({ path, row }) => {
    const decoding = { strategy: row.method, ...row.params, path }
    const request = { model, max_tokens: row.max_tokens, prompt: row.prompt_ids, decoding }
    const answer = await complete(stack.url, '/v1/completions', request)
    expect(compare(row, answer, error)).toMatch(/^(equal|excused)$/)
  })
})

// With this pair the beams have close margins: sums over all rounds decide, and errors add up.
test('few golden answers have a margin that is too small to test', () => {
  const undecided = rows.filter((row) => row.margins.some((_, step) => isUndecided(row, step, error)))
  const names = undecided.map(({ prompt, method }) => `${prompt} ${method}`)
  const beams = ['0 aad-beam', '0 aad-beam', '1 aad-beam', '1 aad-beam', '2 beam', '2 aad-beam']
  expect(names).toEqual(['12 aad', ...beams])
})
