import type { TokenTiming } from '@tandem/process'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readEvents, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

/** `decoding.timings` through REST, over real gRPC. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway({ otherNames: ['amateur'] })
})
afterAll(() => gateway.stop())
afterEach(() => {
  for (const service of [gateway.dpo, gateway.sft]) {
    service.prefer = () => []
    service.beforeStep = () => undefined
  }
})

interface Choice {
  readonly index: number
  readonly token_ids?: readonly number[]
  readonly decoding_timings?: readonly TokenTiming[]
}
interface Body {
  readonly choices: readonly Choice[]
  readonly decoding?: Readonly<Record<string, unknown>>
}

const prompt = [4, 388, 365]
const bodies = {
  '/v1/completions': { model: 'toy', prompt },
  '/v1/chat/completions': { model: 'toy', messages: [{ role: 'user', content: 'ab' }] },
} as const
type Path = keyof typeof bodies
const paths = Object.keys(bodies) as Path[]

const ask = (path: Path, decoding: object, changes: object = {}) =>
  gateway.post(path, {
    ...bodies[path],
    max_tokens: 8,
    ignore_eos: true,
    return_token_ids: true,
    decoding,
    ...changes,
  })

/**
 * Asks with timings. Returns the ids and the timings of each choice, and checks that they match.
 */
async function timed(decoding: object, changes: object = {}, path: Path = '/v1/completions') {
  const body = (await (await ask(path, { timings: true, ...decoding }, changes)).json()) as Body
  return body.choices.map(({ token_ids = [], decoding_timings = [] }) => {
    expect(decoding_timings).toHaveLength(token_ids.length)
    for (const timing of decoding_timings) expectExactSum(timing)
    return { ids: token_ids, timings: decoding_timings }
  })
}

function expectExactSum(timing: TokenTiming): void {
  const { step_us, dpo_us, sft_us, other_us, overlap_us, queue_us, wire_us, merge_us } = timing
  expect((dpo_us ?? 0) + (sft_us ?? 0) + other_us - overlap_us + queue_us + wire_us + merge_us).toBe(step_us)
  for (const part of [step_us, dpo_us ?? 0, sft_us ?? 0, other_us, overlap_us, queue_us, wire_us, merge_us])
    expect(Number.isInteger(part) && part >= 0).toBe(true)
}

const noTime: TokenTiming = {
  step_us: 0,
  dpo_us: null,
  sft_us: null,
  other_us: 0,
  overlap_us: 0,
  queue_us: 0,
  wire_us: 0,
  merge_us: 0,
  dpo_tokens: null,
  sft_tokens: null,
  draft: true,
}

describe.each(paths)('timings of %s', (path) => {
  test('do not change the tokens, and come with each token, streamed or not', async () => {
    const plain = (await (await ask(path, {})).json()) as Body
    const [whole] = await timed({}, {}, path)
    expect(whole?.ids).toEqual(plain.choices[0]?.token_ids)
    const events = (await readEvents(await ask(path, { timings: true }, { stream: true }))) as Body[]
    const choices = events.flatMap((event) => event.choices)
    expect(choices.flatMap((choice) => choice.token_ids ?? [])).toEqual(whole?.ids)
    for (const { token_ids, decoding_timings } of choices) expect(decoding_timings?.length).toBe(token_ids?.length)
    for (const timing of choices.flatMap((choice) => choice.decoding_timings ?? [])) expectExactSum(timing)
    expect(events[0]?.decoding).toMatchObject({ timings: true })
  })

  test('are absent unless they are requested, also from the report', async () => {
    for (const decoding of [{}, { timings: false }])
      for (const stream of [false, true])
        expect(await (await ask(path, decoding, { stream })).text()).not.toContain('timings')
  })
})

test('the report names the parameters in the same order as without timings', async () => {
  const reportOf = async (decoding: object) =>
    ((await (await ask('/v1/completions', decoding)).json()) as Body).decoding ?? {}
  const [without, withTimings] = [await reportOf({}), await reportOf({ timings: true })]
  expect(Object.keys(withTimings).filter((key) => key !== 'timings')).toEqual(Object.keys(without))
})

describe('the first token', () => {
  const isPrompt = { dpo_tokens: prompt.length, sft_tokens: prompt.length, draft: false }
  const isLater = { dpo_tokens: 1, sft_tokens: 1, draft: false }

  test('includes the prompt', async () => {
    const [answer] = await timed({ path: 'plain' })
    const [first, ...later] = answer?.timings ?? []
    expect(first).toMatchObject(isPrompt)
    for (const timing of later) expect(timing).toMatchObject(isLater)
  })

  test('of each answer includes the prompt that they share', async () => {
    const answers = await timed({ temperature: 1, path: 'plain' }, { n: 3 })
    expect(answers).toHaveLength(3)
    for (const { timings } of answers) {
      expect(timings[0]).toMatchObject(isPrompt)
      // The step begins when the prompt is sent.
      expect(timings[0]?.step_us).toBeGreaterThanOrEqual(timings[0]?.dpo_us ?? Number.NaN)
      expect(timings[1]).toMatchObject(isLater)
    }
  })

  test('includes a prompt that was read for its log-probabilities', async () => {
    const [answer] = await timed({ path: 'plain' }, { prompt_logprobs: 1 })
    expect(answer?.timings[0]).toMatchObject(isPrompt)
    expect(answer?.timings[1]).toMatchObject(isLater)
  })

  test('of a search includes the prompt, and each token has the time of its round', async () => {
    const [answer] = await timed({ strategy: 'aad-beam', width: 3, alpha: 0.1 })
    const [first, ...later] = answer?.timings ?? []
    expect(first).toMatchObject(isPrompt)
    for (const timing of later) expect(timing).toMatchObject(isLater)
  })

  test('of a choice includes the prompt', async () => {
    const [answer] = await timed({ strategy: 'random-of-n', n: 3, seed: 1 })
    const [first, ...later] = answer?.timings ?? []
    const noSft = { sft_us: null, sft_tokens: null }
    expect(first).toMatchObject({ ...isPrompt, ...noSft })
    for (const timing of later) expect(timing).toMatchObject({ ...isLater, ...noSft })
  })
})

describe('a model that did not run', () => {
  test('is null: the SFT model is skipped where V_alpha has one token', async () => {
    const [closed] = await timed({ path: 'lazy', alpha: 1 })
    for (const { dpo_us, sft_us, sft_tokens } of closed?.timings ?? []) {
      expect(dpo_us).toEqual(expect.any(Number))
      expect([sft_us, sft_tokens]).toEqual([null, null])
    }
  })

  test('is null only in the steps that skip it; the next run catches up', async () => {
    // Only the fourth position has several candidates.
    gateway.dpo.prefer = (ids) => (ids.length === prompt.length + 3 ? [] : [7])
    const [answer] = await timed({ path: 'lazy', alpha: 0.01 })
    const counts = answer?.timings.map(({ sft_tokens }) => sft_tokens)
    expect(counts).toEqual([null, null, null, prompt.length + 3, null, null, null, null])
  })

  test('is null if the strategy does not read it; additional models count as other', async () => {
    const [answer] = await timed({ strategy: 'formula', formula: 'amateur' })
    for (const { dpo_us, sft_us, other_us } of answer?.timings ?? []) {
      expect([dpo_us, sft_us]).toEqual([null, null])
      expect(other_us).toBeGreaterThan(0)
    }
  })
})

test('accepted drafts have no time: the first token of their step has it', async () => {
  const repeating = { prompt: [5, 6, 7, 5, 6, 7, 5] }
  for (const service of [gateway.dpo, gateway.sft]) service.prefer = (ids) => [(((ids.at(-1) ?? 0) - 5 + 1) % 3) + 5]
  const [answer] = await timed({ path: 'lookup' }, repeating)
  expect(answer?.ids).toEqual([6, 7, 5, 6, 7, 5, 6, 7])
  const drafts = answer?.timings.filter(({ draft }) => draft) ?? []
  expect(drafts.length).toBeGreaterThan(3)
  for (const timing of drafts) expect(timing).toEqual(noTime)
  expect(answer?.timings[0]?.draft).toBe(false)
  const runs = answer?.timings.filter(({ draft }) => !draft) ?? []
  for (const { step_us, dpo_tokens } of runs) expect([step_us > 0, (dpo_tokens ?? 0) > 0]).toEqual([true, true])
})

test('tokens that are sent again to a service that lost them count as read', async () => {
  let count = 0
  gateway.sft.beforeStep = () => {
    if (++count === 5) gateway.sft.sessions.clear()
  }
  const [answer] = await timed({ path: 'plain' })
  const most = Math.max(...(answer?.timings ?? []).slice(1).map(({ sft_tokens }) => sft_tokens ?? 0))
  expect(most).toBeGreaterThan(prompt.length)
})

test('timings that are not a boolean, or not in decoding, are refused', async () => {
  const wrong = await ask('/v1/completions', { timings: 'yes' })
  expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { param: 'decoding.timings' } }])
  const misplaced = await ask('/v1/completions', {}, { timings: true })
  const message = 'timings is a parameter of decoding: write "decoding": {"timings": ...}'
  expect([misplaced.status, await misplaced.json()]).toMatchObject([400, { error: { message } }])
})
