import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postJson, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import { type EncodeJob, runJob } from '../text/index.js'

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

const tokenize = (body: object) => gateway.post('/tokenize', body)
const detokenize = (body: object) => gateway.post('/detokenize', body)
const answerOf = async (response: Promise<Response>) => {
  const { status } = await response
  return { status, ...((await (await response).json()) as object) }
}
const user = (content: string) => ({ role: 'user', content })

describe('/tokenize', () => {
  test('encodes a prompt with or without the special tokens that the tokenizer adds', async () => {
    const { text } = gateway.pair
    const prompt = 'what is decoding'
    const plain = text.encodePlain(prompt)
    // The toy's tokenizer adds no special tokens.
    const beginningOf = (job: EncodeJob) => (job.type === 'text' && job.addSpecialTokens ? [1] : [])
    const encode = async (jobs: readonly EncodeJob[]) => jobs.map((job) => [...beginningOf(job), ...runJob(text, job)])
    const encoder = { ...gateway.pair.encoder, encode }
    const app = gateway.app({ pair: { ...gateway.pair, encoder } })
    const answer = (tokens: readonly number[]) => ({
      status: 200,
      count: tokens.length,
      max_model_len: 64,
      tokens,
      token_strs: null,
    })
    expect(await answerOf(postJson(app, '/tokenize', { model: 'toy', prompt }))).toEqual(answer([1, ...plain]))
    const without = { prompt, add_special_tokens: false }
    expect(await answerOf(postJson(app, '/tokenize', without))).toEqual(answer(plain))
  })

  test('encodes messages as a chat request does, with or without the header of an answer, or continued', async () => {
    const { text } = gateway.pair
    const messages = [user('what is decoding'), { role: 'assistant', content: [{ type: 'text', text: 'a' }] }]
    const rendered = [user('what is decoding'), { role: 'assistant', content: 'a' }]
    const tokensOf = async (options: object) => answerOf(tokenize({ messages, ...options }))
    for (const addGenerationPrompt of [true, false])
      expect(await tokensOf({ add_generation_prompt: addGenerationPrompt })).toMatchObject({
        tokens: text.encodeConversation(rendered, { addGenerationPrompt }),
      })
    expect(await tokensOf({})).toMatchObject({
      tokens: text.encodeConversation(rendered, { addGenerationPrompt: true }),
    })
    expect(await tokensOf({ continue_final_message: true })).toMatchObject({
      tokens: text.encodeConversation(rendered, { addGenerationPrompt: false, continueFinalMessage: true }),
    })
  })

  test('returns tokens as tokenizer.json spells them', async () => {
    const body = { prompt: 'naïve café', return_token_strs: true }
    const { tokens, token_strs } = (await (await tokenize(body)).json()) as { tokens: number[]; token_strs: string[] }
    expect(token_strs).toEqual(tokens.map((id) => gateway.pair.text.tokenName(id)))
  })

  test('counts prompts that are too long to answer, up to the maximum size of a prompt', async () => {
    const longest = 'ab '.repeat(50)
    const { count } = (await (await tokenize({ prompt: longest })).json()) as { count: number }
    expect(count).toBeGreaterThan(50)
    const tooLong = 'x'.repeat(50 * gateway.pair.maxTokenLength + 1)
    expect(await answerOf(tokenize({ prompt: tooLong }))).toMatchObject({
      status: 400,
      error: { code: 'context_length_exceeded', param: 'prompt' },
    })
  })

  test.each([{}, { content: null }])("an assistant's content can be %j, which means empty", async (content) => {
    const tokensOf = async (turn: object) =>
      ((await (await tokenize({ messages: [user('a'), turn, user('b')] })).json()) as { tokens: number[] }).tokens
    expect(await tokensOf({ role: 'assistant', ...content })).toEqual(
      await tokensOf({ role: 'assistant', content: '' }),
    )
  })

  test.each([
    [{}, 'prompt', 'give either prompt'],
    [{ prompt: 'a', messages: [user('a')] }, 'messages', 'give either prompt'],
    [{ prompt: 7 }, 'prompt', 'prompt is 7: expected a string'],
    [{ messages: [] }, 'messages', 'messages must contain at least one message'],
    [
      { messages: [user('a')], add_special_tokens: true },
      'add_special_tokens',
      'add_special_tokens: true is supported only with',
    ],
    [
      { messages: [user('a')], add_generation_prompt: true, continue_final_message: true },
      'continue_final_message',
      'cannot both be true',
    ],
    [{ messages: [user('a')], chat_template: '{{ 1 }}' }, 'chat_template', 'chat_template is not supported'],
    [
      { prompt: 'a', return_token_strs: 'yes' },
      'return_token_strs',
      'return_token_strs is "yes": expected true or false',
    ],
  ])('%j is refused', async (body, param, message) => {
    expect(await answerOf(tokenize(body))).toMatchObject({
      status: 400,
      error: { param, message: expect.stringContaining(message) },
    })
  })
})

describe('/detokenize', () => {
  test('returns the text, including special tokens', async () => {
    const prompt = 'naïve café <|im_end|>'
    const { tokens } = (await (await tokenize({ prompt, add_special_tokens: false })).json()) as { tokens: number[] }
    expect(await answerOf(detokenize({ tokens }))).toEqual({ status: 200, prompt })
    expect(await answerOf(detokenize({ model: 'toy/sample', tokens: [2] }))).toEqual({
      status: 200,
      prompt: gateway.pair.text.tokenName(2),
    })
    expect(await answerOf(detokenize({ tokens: [] }))).toEqual({ status: 200, prompt: '' })
  })

  test.each([
    [{}, 'tokens', 'tokens must be a list of token ids'],
    [{ tokens: 'a' }, 'tokens', 'tokens must be a list of token ids'],
    [{ tokens: [1, -1] }, 'tokens.1', 'tokens.1 is -1: expected an integer of at least 0'],
    [{ tokens: [1, 1.5] }, 'tokens.1', 'tokens.1 is 1.5: expected an integer of at least 0'],
    [{ tokens: [1, 512] }, 'tokens', 'tokens[1] is 512: token ids of this model are below 512'],
    [{ tokens: Array(51).fill(1) }, 'tokens', 'your tokens has 51 ids'],
  ])('%j is refused', async (body, param, message) => {
    expect(await answerOf(detokenize(body))).toMatchObject({
      status: 400,
      error: { param, message: expect.stringContaining(message) },
    })
  })
})

test.each(['/tokenize', '/detokenize'])(
  '%s: keys, models, methods, content types and sizes are those of other routes',
  async (path) => {
    const body = { prompt: 'a', tokens: [1] }
    const guarded = gateway.app({ apiKeys: ['key'] })
    expect((await postJson(guarded, path, body)).status).toBe(401)
    expect((await postJson(guarded, path, body, { headers: { authorization: 'Bearer key' } })).status).toBe(200)
    expect(await answerOf(gateway.post(path, { ...body, model: 'other' }))).toMatchObject({
      status: 404,
      error: { code: 'model_not_found', param: 'model' },
    })
    expect((await gateway.app().request(path)).headers.get('allow')).toBe('POST')
    expect((await gateway.post(path, body, { headers: { 'content-type': 'text/plain' } })).status).toBe(415)
    expect((await gateway.post(path, { prompt: 'x'.repeat(100_000) })).status).toBe(413)
  },
)

describe('/tokenizer_info', () => {
  const infoOf = async (files: Readonly<Record<string, string>> = {}) => {
    const changed = await startToyGateway({
      prepare: ({ dpo }) => {
        for (const [name, content] of Object.entries(files)) dpo.textFiles.set(name, content)
      },
    })
    try {
      const response = await changed.app().request('/tokenizer_info')
      return { eos_token: '', ...((await response.json()) as object), status: response.status }
    } finally {
      changed.stop()
    }
  }

  test("is tokenizer_config.json with the template, and its special tokens are the tokenizer's", async () => {
    const info = await infoOf()
    expect(info).toMatchObject({
      status: 200,
      tokenizer_class: 'TokenizersBackend',
      bos_token: '<|bos|>',
      eos_token: '<|end|>',
      pad_token: '<|pad|>',
      chat_template: expect.stringContaining('messages'),
    })
    const body = { prompt: info.eos_token, add_special_tokens: false }
    expect(await answerOf(tokenize(body))).toMatchObject({ tokens: [2] })
  })

  test('writes tokens with flags as their text, names no files, and takes missing tokens from the model', async () => {
    const config = {
      bos_token: { __type: 'AddedToken', content: '<|bos|>', lstrip: false },
      added_tokens_decoder: { 2: { content: '<|end|>', special: true } },
      additional_special_tokens: [{ content: '<|pad|>' }],
      name_or_path: '/home/somebody/model',
      vocab_file: '/home/somebody/vocab.json',
      model_max_length: 2048,
    }
    const info = await infoOf({ 'tokenizer_config.json': JSON.stringify(config) })
    expect(info).toMatchObject({
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: '<|bos|>',
      eos_token: '<|end|>',
      added_tokens_decoder: { 2: '<|end|>' },
      additional_special_tokens: ['<|pad|>'],
      model_max_length: 2048,
    })
    expect(JSON.stringify(info)).not.toContain('somebody')
  })
})
