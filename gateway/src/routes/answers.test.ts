import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { holdSteps } from '../testing/hold-answers.js'
import { readEvents, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

/** Several answers to one prompt, and beam searches. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())
beforeEach(() => {
  for (const service of [gateway.dpo, gateway.sft]) {
    service.steps = []
    service.messages = []
  }
})

interface Choice {
  readonly index: number
  readonly text: string
  readonly token_ids: readonly number[]
  readonly finish_reason: string | null
  readonly decoding_candidates?: readonly { text: string; score: number; tokens: number; finish_reason: string }[]
  readonly logprobs: { readonly token_logprobs: readonly number[] } | null
}
interface Body {
  readonly choices: readonly Choice[]
  readonly usage: object
  readonly decoding?: Readonly<Record<string, unknown>>
}

const prompt = [4, 388, 365]
const base = { model: 'toy', prompt, max_tokens: 8, ignore_eos: true, return_token_ids: true }
const ask = async (body: object) => (await (await gateway.post('/v1/completions', { ...base, ...body })).json()) as Body
const askStreamed = async (body: object) =>
  (await readEvents(await gateway.post('/v1/completions', { ...base, ...body, stream: true }))) as Body[]
const idsOf = ({ choices }: Body) => choices.map(({ token_ids }) => token_ids)
const joined = (chunks: readonly Body[], index: number) => {
  const own = chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index)
  return {
    text: own.map(({ text }) => text).join(''),
    ids: own.flatMap(({ token_ids }) => token_ids ?? []),
    finish: own.flatMap(({ finish_reason }) => finish_reason ?? []),
  }
}

describe('several answers', () => {
  const sampled = { model: 'toy/sample', seed: 7, n: 3 }

  test('differ, are reproducible, and the first equals the answer with n: 1; usage counts the prompt once', async () => {
    const body = await ask(sampled)
    expect(body.choices.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(new Set(idsOf(body).map(String)).size).toBe(3)
    expect(body.usage).toEqual({ prompt_tokens: 3, completion_tokens: 24, total_tokens: 27 })
    expect(idsOf(await ask(sampled))).toEqual(idsOf(body))
    expect(idsOf(await ask({ ...sampled, n: 1 }))).toEqual([idsOf(body)[0]])
    expect(idsOf(await ask({ ...sampled, n: 2 }))).toEqual(idsOf(body).slice(0, 2))
  })

  test('read the prompt once, then continue together with one message per token', async () => {
    await ask(sampled)
    const messages = gateway.dpo.messages.map(({ forks, steps }) => [
      forks.length,
      steps.map(({ tokenIds }) => tokenIds.length),
    ])
    expect(messages.slice(0, 3)).toEqual([
      [0, [3]],
      [2, [0, 0, 0]],
      [0, [1, 1, 1]],
    ])
    expect(messages).toHaveLength(2 + 7)
  })

  test('also work for a sampled aad, on both models', async () => {
    const body = await ask({ decoding: { alpha: 0.01, temperature: 1.5, seed: 3 }, n: 4 })
    expect(new Set(idsOf(body).map(String)).size).toBe(4)
    const alone = await ask({ decoding: { alpha: 0.01, temperature: 1.5, seed: 3, path: 'plain' } })
    expect(idsOf(body)[0]).toEqual(idsOf(alone)[0])
    expect(gateway.sft.messages.some(({ forks }) => forks.length === 3)).toBe(true)
  })

  test('interleave in a stream, each with its own finish', async () => {
    const whole = await ask(sampled)
    const chunks = await askStreamed({ ...sampled, stream_options: { include_usage: true } })
    for (const { index, text, token_ids } of whole.choices)
      expect(joined(chunks, index)).toEqual({ text, ids: token_ids, finish: ['length'] })
    const order = chunks.flatMap(({ choices }) => choices.map(({ index }) => index))
    expect(order.lastIndexOf(0)).toBeGreaterThan(order.indexOf(2))
    expect(chunks.at(-1)?.usage).toEqual(whole.usage)
  })

  test('of several prompts are indexed prompt by prompt', async () => {
    const prompts = [prompt, [4, 388]]
    const body = await ask({ ...sampled, prompt: prompts, n: 2, max_tokens: 4 })
    expect(body.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3])
    const second = await ask({ ...sampled, prompt: prompts[1], n: 2, max_tokens: 4 })
    expect(idsOf(body).slice(2)).toEqual(idsOf(second))
    expect(body.usage).toEqual({ prompt_tokens: 5, completion_tokens: 16, total_tokens: 21 })
    const chunks = await askStreamed({ ...sampled, prompt: prompts, n: 2, max_tokens: 4 })
    expect(joined(chunks, 3).ids).toEqual(idsOf(body)[3])
  })

  test('follow the echoed prompt', async () => {
    const body = await ask({ ...sampled, echo: true, logprobs: 0 })
    expect(body.choices.map(({ logprobs }) => logprobs?.token_logprobs.length)).toEqual([11, 11, 11])
    expect(idsOf(body)).toEqual(idsOf(await ask(sampled)))
  })
})

describe('beams', () => {
  const beams = { decoding: { strategy: 'aad-beam', width: 3, alpha: 0.05, detail: true } }

  test('send one message with one step per beam for each token; the answer is the best candidate', async () => {
    const body = await ask(beams)
    const [choice] = body.choices
    expect(choice?.decoding_candidates).toHaveLength(3)
    expect(choice?.decoding_candidates?.[0]).toMatchObject({ text: choice?.text, tokens: 8, finish_reason: 'length' })
    const scores = choice?.decoding_candidates?.map(({ score }) => score) ?? []
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    expect(body.usage).toEqual({ prompt_tokens: 3, completion_tokens: 8, total_tokens: 11 })
    expect(body.decoding).toMatchObject({ strategy: 'aad-beam', width: 3, length_penalty: 1, generated_tokens: 24 })
    const forwards = (messages: typeof gateway.dpo.messages) =>
      messages.map(({ steps }) => steps.flatMap(({ tokenIds }) => tokenIds).length).filter((tokens) => tokens > 0)
    expect(forwards(gateway.dpo.messages)).toEqual([3, 3, 3, 3, 3, 3, 3, 3])
    expect(forwards(gateway.sft.messages)).toEqual([3, 3, 3, 3, 3, 3, 3, 3])
    expect(gateway.dpo.messages.some(({ reorder }) => reorder)).toBe(true)
  })

  test('give the same answer in a stream, whose last chunk reports the generated tokens', async () => {
    const whole = await ask(beams)
    const chunks = await askStreamed(beams)
    expect(joined(chunks, 0)).toEqual({ text: whole.choices[0]?.text, ids: idsOf(whole)[0], finish: ['length'] })
    expect(chunks.at(-1)?.decoding).toMatchObject({ generated_tokens: 24 })
    expect(chunks.at(-1)?.choices[0]?.decoding_candidates).toEqual(whole.choices[0]?.decoding_candidates)
  })

  test('count the generated tokens of all prompts together, also in the last chunk', async () => {
    const several = { ...beams, prompt: [prompt, prompt.slice(1)] }
    const { decoding } = await ask(several)
    expect(decoding).toMatchObject({ generated_tokens: 48 })
    expect((await askStreamed(several)).at(-1)?.decoding).toEqual(decoding)
  })

  test('have log-probabilities of the DPO model', async () => {
    const body = await ask({ model: 'toy/beam', logprobs: 0 })
    const [ids = []] = idsOf(body)
    const expected = ids.map((id, i) => gateway.dpo.logProbabilities([...prompt, ...ids.slice(0, i)])[id] ?? Number.NaN)
    const found = body.choices[0]?.logprobs?.token_logprobs ?? []
    expect(found.map((value) => value.toFixed(4))).toEqual(expected.map((value) => value.toFixed(4)))
  })

  test('end at stop_token_ids, and at a stop string', async () => {
    const { choices } = await ask({ model: 'toy/beam' })
    const text = choices[0]?.text ?? ''
    const stop = [...text].slice(1, 3).join('')
    const cut = await ask({ model: 'toy/beam', stop })
    expect(cut.choices[0]).toMatchObject({
      text: text.slice(0, text.indexOf(stop)),
      finish_reason: 'stop',
      stop_reason: stop,
    })
    const one = { decoding: { strategy: 'beam', width: 1 } }
    const [[first = -1] = []] = idsOf(await ask(one))
    const ended = await ask({ ...one, stop_token_ids: [first] })
    expect(ended.choices[0]).toMatchObject({ text: '', token_ids: [first], finish_reason: 'stop', stop_reason: first })
    expect(idsOf(await ask({ ...one, stop_token_ids: [first], min_tokens: 8 }))[0]).not.toContain(first)
  })

  test("apply bias and penalties to the DPO model's logits, each beam for its own tokens", async () => {
    const greedy = { max_tokens: 12, frequency_penalty: 1.5, logit_bias: { 7: 2 } }
    const narrow = await ask({ ...greedy, decoding: { strategy: 'beam', width: 1 } })
    expect(idsOf(narrow)).toEqual(idsOf(await ask({ ...greedy, model: 'toy/greedy-dpo' })))
    const wide = await ask({ ...greedy, decoding: { strategy: 'aad-beam', width: 1, alpha: 0.2 } })
    expect(idsOf(wide)).toEqual(idsOf(await ask({ ...greedy, decoding: { strategy: 'aad', alpha: 0.2 } })))
  })

  test('find the same answer after their sessions were lost', async () => {
    const whole = await ask(beams)
    let count = 0
    gateway.dpo.beforeStep = () => {
      if (++count % 7 === 0) gateway.dpo.sessions.clear()
    }
    gateway.sft.beforeStep = () => {
      if (count % 5 === 0) gateway.sft.sessions.clear()
    }
    const lossy = await ask(beams)
    gateway.dpo.beforeStep = () => undefined
    gateway.sft.beforeStep = () => undefined
    expect(lossy.choices).toEqual(whole.choices)
  })
})

describe('both services close the sessions soon after a client disconnects in the middle of', () => {
  test.each([
    ['beams', { decoding: { strategy: 'aad-beam', width: 8 } }],
    ['streamed beams', { decoding: { strategy: 'aad-beam', width: 8 }, stream: true }],
    ['several answers', { model: 'toy/sample', n: 8 }],
    ['several streamed answers', { model: 'toy/sample', n: 8, stream: true }],
  ])('%s', async (_, body) => {
    gateway.dpo.beforeStep = () => delay(3)
    const client = new AbortController()
    const answer = gateway.post('/v1/completions', { ...base, ...body, max_tokens: 60 }, { signal: client.signal })
    const read = answer.then((response) => response.text())
    await expect.poll(() => gateway.dpo.sessions.size, { interval: 2 }).toBeGreaterThan(4)
    // No step ends from now on: the sessions can close only because the client has gone.
    const held = holdSteps(gateway.dpo)
    client.abort()
    const steps = gateway.dpo.steps.length
    await expect.poll(() => gateway.dpo.sessions.size + gateway.sft.sessions.size, { interval: 5 }).toBe(0)
    held.release()
    await read.catch(() => undefined)
    // The whole answer has several hundred steps.
    expect(gateway.dpo.steps.length - steps).toBeLessThan(100)
  })
})
