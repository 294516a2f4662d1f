import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

interface Body {
  readonly choices: readonly { token_ids: number[]; logprobs: { token_logprobs: number[] } }[]
}

const prompt = [4, 388, 365]
const count = 10
async function complete(decoding: object, more: object): Promise<Body> {
  const body = { model: 'toy', prompt, max_tokens: count, ignore_eos: true, return_token_ids: true, decoding, ...more }
  const response = await gateway.post('/v1/completions', body)
  if (response.status !== 200) throw new Error(await response.text())
  return (await response.json()) as Body
}
const tokensOf = async (decoding: object, more: object) => (await complete(decoding, more)).choices[0]?.token_ids ?? []

const greedy = (values: Float64Array) => values.indexOf(Math.max(...values))

/**
 * A method by its definition over the toy distributions. `adjust` gets the scores that the method
 * adjusts, and the ids so far.
 */
function oracle(
  choose: (dpo: Float64Array, sft: Float64Array, adjust: (row: Float64Array) => Float64Array) => number,
  change: (score: number, id: number, answer: readonly number[]) => number,
): number[] {
  const answer: number[] = []
  while (answer.length < count) {
    const ids = [...prompt, ...answer]
    const adjust = (row: Float64Array) => row.map((score, id) => change(score, id, answer))
    answer.push(choose(gateway.dpo.logProbabilities(ids), gateway.sft.logProbabilities(ids), adjust))
  }
  return answer
}
const aad = (dpo: Float64Array, sft: Float64Array, adjust: (row: Float64Array) => Float64Array) => {
  const adjusted = adjust(dpo)
  const least = Math.max(...adjusted) + Math.log(0.1)
  return greedy(adjusted.map((value, id) => (value >= least ? value - (sft[id] ?? 0) : Number.NEGATIVE_INFINITY)))
}
const eft = (dpo: Float64Array, sft: Float64Array, adjust: (row: Float64Array) => Float64Array) =>
  greedy(adjust(sft.map((value, id) => value + 4 * ((dpo[id] ?? 0) - value))))

const penalise = (score: number, id: number, answer: readonly number[]) => {
  const times = answer.filter((one) => one === id).length
  return score - 0.7 * times - (times > 0 ? 1.1 : 0) + (id === 17 ? 3 : 0)
}
const adjustments = { frequency_penalty: 0.7, presence_penalty: 1.1, logit_bias: { 17: 3 } }

describe('bias and penalties', () => {
  test('act on the DPO logits before max and filter for aad', async () => {
    const expected = oracle(aad, penalise)
    expect(expected).not.toEqual(oracle(aad, (score) => score))
    expect(await tokensOf({}, adjustments)).toEqual(expected)
    expect(await tokensOf({ strategy: 'contrastive' }, adjustments)).toEqual(expected)
    const formula = { strategy: 'formula', formula: 'dpo - sft', filter: { on: 'dpo', alpha: 0.1 } }
    expect(await tokensOf(formula, adjustments)).toEqual(expected)
  })

  test('act on the merged scores for eft and for formulas without a filter', async () => {
    const expected = oracle(eft, penalise)
    expect(expected).not.toEqual(oracle(eft, (score) => score))
    expect(await tokensOf({ strategy: 'eft' }, adjustments)).toEqual(expected)
    expect(await tokensOf({ strategy: 'formula', formula: 'sft + 4*(dpo - sft)' }, adjustments)).toEqual(expected)
  })

  test('act on the only model of greedy and sampling methods', async () => {
    const expected = oracle((_dpo, sft, adjust) => greedy(adjust(sft)), penalise)
    expect(await tokensOf({ strategy: 'greedy-sft' }, adjustments)).toEqual(expected)
    for (const more of [{ temperature: 0 }, { top_k: 1 }, { top_p: 1e-6 }])
      expect(await tokensOf({ strategy: 'sample', model: 'sft', ...more }, adjustments)).toEqual(expected)
  })

  test('a repetition penalty keeps tokens of the prompt and the answer out of the rest of the answer', async () => {
    // All logits of a toy are above 0, so the penalty divides them.
    const ids = await tokensOf({ strategy: 'greedy-dpo' }, { repetition_penalty: 2 })
    expect(new Set([...prompt, ...ids]).size).toBe(prompt.length + count)
  })

  test('a bias of 100 forces a token, -100 bans it, and log-probabilities stay those of the model', async () => {
    const { choices } = await complete({}, { logit_bias: { 17: 100 }, logprobs: 1, max_tokens: 1 })
    expect(choices[0]?.token_ids).toEqual([17])
    expect(choices[0]?.logprobs.token_logprobs[0]).toBeCloseTo(gateway.dpo.logProbabilities(prompt)[17] ?? 0, 5)
    const [first = -1] = await tokensOf({}, {})
    expect(await tokensOf({}, { logit_bias: { [first]: -100 } })).not.toContain(first)
  })

  test('detail also has the log-probabilities of the models, for the adjusted candidates', async () => {
    const { choices } = await complete({ detail: true }, { logit_bias: { 17: 100 }, max_tokens: 1 })
    const [detail] = (choices[0] as unknown as { decoding_detail: Record<string, unknown>[] }).decoding_detail
    const advantage = (gateway.dpo.logProbabilities(prompt)[17] ?? 0) - (gateway.sft.logProbabilities(prompt)[17] ?? 0)
    expect(detail).toMatchObject({ token_id: 17, candidate_count: 1, candidates: [{ token_id: 17 }] })
    expect(detail?.advantage).toBeCloseTo(advantage, 5)
  })
})

const bad: readonly (readonly [object, string, string])[] = [
  [{ logit_bias: [] }, 'logit_bias', 'must be an object of token ids and biases, such as {"42": -100}'],
  [{ logit_bias: { '-1': 5 } }, 'logit_bias', 'has the key "-1": expected a token id'],
  [{ logit_bias: { 5: 101 } }, 'logit_bias', 'has the bias 101 for token 5: expected a number from -100 to 100'],
  [{ logit_bias: { 5: 'x' } }, 'logit_bias', 'has the bias "x" for token 5: expected a number from -100 to 100'],
  [{ logit_bias: { 512: 1 } }, 'logit_bias', 'names the token id 512: token ids of this model are below 512'],
  [
    { logit_bias: Object.fromEntries(Array.from({ length: 1025 }, (_, id) => [id, 1])) },
    'logit_bias',
    'has 1025 entries: expected at most 1024',
  ],
  [{ presence_penalty: 2.1 }, 'presence_penalty', 'presence_penalty is 2.1: expected a number from -2 to 2'],
  [{ frequency_penalty: -2.1 }, 'frequency_penalty', 'frequency_penalty is -2.1: expected a number from -2 to 2'],
  [{ repetition_penalty: 0 }, 'repetition_penalty', 'repetition_penalty is 0: expected a number from 0.01 to 2'],
  [{ repetition_penalty: 2.5 }, 'repetition_penalty', 'repetition_penalty is 2.5: expected a number from 0.01 to 2'],
  [{ repetition_penalty: '1' }, 'repetition_penalty', 'number'],
]
const named = bad.map((one) => [JSON.stringify(one[0]).slice(0, 80), ...one] as const)

test.each(named)('%s is refused', async (_, body, param, message) => {
  const response = await gateway.post('/v1/completions', { model: 'toy', prompt, ...body })
  const { error } = (await response.json()) as { error: { message: string; param: string } }
  expect([response.status, error.param]).toEqual([400, param])
  expect(error.message).toContain(message)
})
