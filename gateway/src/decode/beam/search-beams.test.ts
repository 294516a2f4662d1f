import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ToyModel, ToySession, ToySessionSet } from '../../testing/toy-session.js'
import type { DecodeRequest } from '../loop/decode-request.js'
import { createLoop } from '../speculation/create-loop.js'
import { aad } from '../strategies/aad.js'
import { aadBeam } from '../strategies/aad-beam.js'
import { beam } from '../strategies/beam.js'
import { bindBeamStrategy } from '../strategies/beam-strategy.js'
import type { BoundBeamStrategy, BoundTokenStrategy } from '../strategies/bound-strategy.js'
import { greedyDpo } from '../strategies/greedy.js'
import { bindTokenStrategy } from '../strategies/index.js'
import { searchBeams } from './search-beams.js'

const end = 0
const base = {
  promptIds: [1],
  path: 'plain' as const,
  vocabularySize: 5,
  maxTokens: 4,
  minTokens: 0,
  adjustments: null,
  endTokenIds: [end],
  ignoresEndTokens: false,
  stopTokenIds: new Set<number>(),
  eosTokenIds: new Set([end]),
  logprobsOf: 'dpo',
  topLogprobs: null,
  promptLogprobs: null,
  detail: false,
}
type Changes = Partial<Omit<DecodeRequest, 'strategy'>>

function search(models: Readonly<Record<string, ToyModel>>, strategy: BoundBeamStrategy, changes: Changes = {}) {
  const sets = new Map(
    Object.entries(models).map(([name, model]) => [name, new ToySessionSet(() => new ToySession(model))]),
  )
  return searchBeams(sets, { ...base, strategy, ...changes })
}
const found = async (...parameters: Parameters<typeof search>) => {
  const { beams, generatedTokens } = await search(...parameters)
  return {
    beams: beams.map(({ tokens, score }) => [tokens.map(({ id }) => id).join(' '), Number(score.toFixed(3))]),
    generatedTokens,
  }
}

/** Probabilities of the five tokens after each text; unnamed tokens are nearly impossible. */
const model =
  (rows: Readonly<Record<string, Readonly<Record<number, number>>>>): ToyModel =>
  (ids) => {
    const row = rows[ids.slice(1).join(' ')] ?? {}
    return Float32Array.from({ length: 5 }, (_, id) => Math.log(row[id] ?? 1e-30))
  }
const beamOf = (parameters: object) => bindBeamStrategy(beam, beam.parameters.parse(parameters))

/**
 * The greedy choice is 1 (0.6), then 2 (0.4). But 4 (0.9) follows 3
 * (0.4), and the end follows each pair.
 */
const gardenPath = model({
  '': { 1: 0.6, 3: 0.4, 4: 1e-10 },
  1: { 2: 0.4, 4: 0.3, [end]: 0.3 },
  3: { 4: 0.9, [end]: 0.1 },
  '1 2': { [end]: 1 },
  '1 4': { [end]: 1 },
  '3 4': { [end]: 1 },
})

test('finds a beam that starts worse and ends better', async () => {
  // Sums: 3 4 0: ln 0.36 = -1.022; 1 2 0: ln 0.24 = -1.427.
  // In round two the end token (1 0: ln 0.18) ranks third and is dropped.
  expect(await found({ dpo: gardenPath }, beamOf({ width: 2 }))).toEqual({
    beams: [
      ['3 4 0', -1.022],
      ['1 2 0', -1.427],
    ],
    generatedTokens: 8,
  })
  expect((await found({ dpo: gardenPath }, beamOf({ width: 1 }))).beams).toEqual([['1 2 0', -1.427]])
})

test('finishes a beam at an end token among the best, and continues until enough have finished', async () => {
  // Width 3, round two: 3 4 (0.36), 1 2 (0.24), then 1 4 and 1 0 tie at 0.18.
  // The lower id, the end token, ranks third and finishes its beam.
  const { beams, generatedTokens } = await found({ dpo: gardenPath }, beamOf({ width: 3, length_penalty: 0 }))
  expect(beams).toEqual([
    ['3 4 0', -1.022],
    ['1 2 0', -1.427],
    ['1 0', -1.715],
    ['1 4 0', -1.715],
  ])
  // Three live; three live and one finished; three finished and three live at the end.
  expect(generatedTokens).toBe(3 + 4 + 6)
})

test('answers with live beams at max_tokens', async () => {
  expect((await found({ dpo: gardenPath }, beamOf({ width: 2 }), { maxTokens: 2 })).beams).toEqual([
    ['3 4', -1.022],
    ['1 2', -1.427],
  ])
})

test('picks no end token within min_tokens', async () => {
  const hasty = model({ '': { [end]: 0.9, 1: 0.1 }, 1: { [end]: 0.9, 2: 0.1 }, '1 2': { [end]: 1 } })
  expect((await found({ dpo: hasty }, beamOf({ width: 1 }))).beams).toEqual([['0', -0.105]])
  expect((await found({ dpo: hasty }, beamOf({ width: 1 }), { minTokens: 1 })).beams).toEqual([['1 0', -2.408]])
  expect((await found({ dpo: hasty }, beamOf({ width: 1 }), { minTokens: 2 })).beams).toEqual([['1 2 0', -4.605]])
})

test('ends if no beam is live', async () => {
  const onlyEnd = model({ '': { [end]: 1 } })
  const only = bindBeamStrategy(aadBeam, aadBeam.parameters.parse({ width: 4, alpha: 0.5 }))
  expect(await found({ dpo: onlyEnd, sft: onlyEnd }, only)).toEqual({ beams: [['0', 0]], generatedTokens: 1 })
})

test('aad-beam adds advantages over V_alpha', async () => {
  // At alpha 0.5 V_alpha of the empty text is {1, 3}; advantages ln 2 and ln 4, then ln 8 and 0.
  const dpo = model({ '': { 1: 0.4, 3: 0.4, 2: 0.1, 4: 0.1 }, 1: { [end]: 0.8, 2: 0.2 }, 3: { [end]: 1 } })
  const sft = model({ '': { 1: 0.2, 3: 0.1, 2: 0.6, 4: 0.1 }, 1: { [end]: 0.1, 2: 0.9 }, 3: { [end]: 1 } })
  const parameters = { width: 2, alpha: 0.5 }
  expect((await found({ dpo, sft }, bindBeamStrategy(aadBeam, aadBeam.parameters.parse(parameters)))).beams).toEqual([
    ['1 0', 2.773],
    ['3 0', 1.386],
  ])
  // Entropies over V_alpha: 0.552, then 0.230 and 0. At tau 0.5 the
  // second tokens add log p_dpo + ln 1.
  expect(
    (await found({ dpo, sft }, bindBeamStrategy(aadBeam, aadBeam.parameters.parse({ ...parameters, tau: 0.5 })))).beams,
  ).toEqual([
    ['3 0', 1.386],
    ['1 0', 0.47],
  ])
})

test('reports log-probabilities of the DPO model and its most likely ids', async () => {
  const { beams } = await search({ dpo: gardenPath }, beamOf({ width: 2 }), { topLogprobs: 1 })
  const [first, second] = beams[0]?.tokens ?? []
  expect(first).toMatchObject({ id: 3, top: [{ id: 1 }] })
  expect(first?.logprob).toBeCloseTo(Math.log(0.4), 5)
  expect(second).toMatchObject({ id: 4, top: [{ id: 4 }] })
  expect(second?.logprob).toBeCloseTo(Math.log(0.9), 5)
})

/** Logits from a hash of the text. */
const hashed =
  (salt: number, sharpness: number): ToyModel =>
  (ids) =>
    Float32Array.from({ length: 12 }, (_, v) => {
      const hash = ids.reduce((sum, id) => (sum * 31 + id * 7 + salt) % 65521, salt + 1)
      return ((((hash + 1) * (v + 5) * 104729) % 9973) / 9973) * sharpness
    })

async function decode(
  models: Readonly<Record<string, ToyModel>>,
  strategy: BoundTokenStrategy,
  changes: Changes,
): Promise<number[]> {
  const sessions = new Map(Object.entries(models).map(([name, toy]) => [name, new ToySession(toy)]))
  const request = { ...base, ...changes, strategy }
  const loop = createLoop(
    { sessions, sharesDevice: () => false, isBusy: () => false, answer: 0, promptCalls: [] },
    request,
  )
  const ids: number[] = []
  while (ids.length < request.maxTokens && ids.at(-1) !== end) for (const { id } of await loop.next()) ids.push(id)
  return ids
}

test.each([
  ['beam', 'greedy-dpo', beamOf({ width: 1 }), bindTokenStrategy(greedyDpo, {})],
  [
    'aad-beam',
    'aad',
    bindBeamStrategy(aadBeam, aadBeam.parameters.parse({ width: 1, alpha: 0.3 })),
    bindTokenStrategy(aad, aad.parameters.parse({ alpha: 0.3 })),
  ],
] as const)('%s of width 1 gives the tokens of %s', async (_, __, wide, narrow) => {
  const cases = fc.record({
    salts: fc.tuple(fc.nat(10_000), fc.nat(10_000)),
    sharpness: fc.constantFrom(1, 4, 12),
    minTokens: fc.constantFrom(0, 3),
    promptIds: fc.array(fc.nat(11), { minLength: 1, maxLength: 5 }),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ salts, sharpness, ...rest }) => {
      const models = { dpo: hashed(salts[0], sharpness), sft: hashed(salts[1], sharpness) }
      const changes = { ...rest, maxTokens: 20 }
      const { beams } = await search(models, wide, changes)
      expect(beams[0]?.tokens.map(({ id }) => id)).toEqual(await decode(models, narrow, changes))
    }),
    { numRuns: 100 },
  )
})
