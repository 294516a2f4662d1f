import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ToyModel, ToySession } from '../../testing/toy-session.js'
import { type DecodePath, decodePaths } from '../loop/decode-path.js'
import type { TokenRequest } from '../loop/decode-request.js'
import type { Token, TokenChoice } from '../loop/token.js'
import { aad } from '../strategies/aad.js'
import type { BoundTokenStrategy } from '../strategies/bound-strategy.js'
import { formula } from '../strategies/formula.js'
import { greedyDpo } from '../strategies/greedy.js'
import { bindTokenStrategy } from '../strategies/index.js'
import { createLoop } from './create-loop.js'

const vocabularySize = 80

/**
 * Depends only on the last two tokens, so that texts repeat
 * themselves. `sharpness` scales the logits.
 */
function createModel(salt: number, sharpness: number): ToyModel {
  return (ids) => {
    const [a = 0, b = 0] = ids.slice(-2)
    return Float32Array.from({ length: vocabularySize }, (_, v) => {
      const shared = (((a * 7 + b * 13 + 1) * (v + 3) * 7919) % 10007) / 10007
      const own = (((a + salt) * (b + 3) * (v + 5) * 104729) % 9973) / 9973
      return sharpness * (shared + 0.4 * own)
    })
  }
}

interface Case {
  readonly strategy: BoundTokenStrategy
  readonly promptIds: readonly number[]
  readonly sharpness: number
  readonly sharesDevice: boolean
  readonly isBusy: boolean
  readonly pauses: readonly number[]
  readonly minTokens: number
  readonly logprobsOf: string
  readonly topLogprobs: number | null
}

const maxTokens = 40
const endTokenId = 17

async function decode(path: DecodePath, one: Case, model?: ToyModel) {
  const { strategy, promptIds, sharpness, sharesDevice, isBusy, pauses, ...rest } = one
  const dpo = new ToySession(model ?? createModel(3, sharpness), pauses)
  const sft = new ToySession(model ?? createModel(1009, sharpness), [...pauses].reverse())
  const request: TokenRequest = {
    promptIds,
    strategy,
    path,
    vocabularySize,
    maxTokens,
    endTokenIds: [endTokenId],
    ignoresEndTokens: false,
    stopTokenIds: new Set(),
    eosTokenIds: new Set([endTokenId]),
    promptLogprobs: null,
    adjustments: null,
    detail: false,
    ...rest,
  }
  const loop = createLoop(
    {
      sessions: new Map(Object.entries({ dpo, sft })),
      sharesDevice: () => sharesDevice,
      isBusy: () => isBusy,
      answer: 0,
      promptCalls: [],
    },
    request,
  )
  const tokens: Token[] = []
  while (tokens.length < maxTokens && tokens.at(-1)?.id !== endTokenId) tokens.push(...(await loop.next()))
  return { tokens, dpo, sft }
}

/** A token without what depends on the path: times, and which rows were read. */
const withoutPath = ({ timing, choice, ...token }: Token) => ({ ...token, candidateCount: choice.candidateCount })

/** The choice on the plain path, which reads all rows, as far as another path knows it. */
const knownChoice = ({ advantage, isDraft }: TokenChoice, plain: Token | undefined): Partial<TokenChoice> => ({
  candidateCount: plain?.choice.candidateCount ?? null,
  advantage: advantage === null ? null : (plain?.choice.advantage ?? null),
  isDraft,
})

const strategies = [
  bindTokenStrategy(formula, formula.parameters.parse({ formula: '2*dpo - sft', filter: { alpha: 0.05 } })),
  bindTokenStrategy(aad, aad.parameters.parse({ alpha: 0.01, temperature: 1, seed: 5 })),
  bindTokenStrategy(aad, aad.parameters.parse({ alpha: 0.1 })),
  bindTokenStrategy(aad, aad.parameters.parse({ alpha: 0.7 })),
  bindTokenStrategy(greedyDpo, {}),
]
const cases = fc.record({
  strategy: fc.constantFrom(...strategies),
  promptIds: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }),
  sharpness: fc.constantFrom(2, 8, 30),
  sharesDevice: fc.boolean(),
  isBusy: fc.boolean(),
  pauses: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 5 }),
  minTokens: fc.constantFrom(0, 5),
  logprobsOf: fc.constantFrom('dpo', 'sft'),
  topLogprobs: fc.constantFrom(null, 3),
})

describe('speculation', () => {
  test.each(decodePaths.filter((path) => path !== 'plain'))('%s gives the same tokens as plain', async (path) => {
    const property = fc.asyncProperty(cases, async (one) => {
      const plain = await decode('plain', one)
      const found = await decode(path, one)
      expect(found.tokens.map(withoutPath)).toEqual(plain.tokens.map(withoutPath))
      for (const [i, { choice }] of found.tokens.entries()) expect(choice).toEqual(knownChoice(choice, plain.tokens[i]))
    })
    await fc.assert(property, { numRuns: 40 })
  })

  const base: Case = {
    strategy: bindTokenStrategy(aad, aad.parameters.parse({ alpha: 0.1 })),
    promptIds: [1, 2, 3, 4],
    sharpness: 30,
    sharesDevice: true,
    isBusy: false,
    pauses: [],
    minTokens: 0,
    logprobsOf: 'dpo',
    topLogprobs: null,
  }
  /** Counts from 0 to 4 repeatedly. */
  const counting: ToyModel = (ids) =>
    Float32Array.from({ length: vocabularySize }, (_, v) => (v === ((ids.at(-1) ?? 0) + 1) % 5 ? 9 : v / 100))
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

  test('lazy runs the other model only at open positions, and catches up in one chunk', async () => {
    const plain = await decode('plain', base)
    const lazy = await decode('lazy', base)
    expect(plain.sft.forwards).toHaveLength(plain.tokens.length)
    expect(lazy.sft.forwards.length).toBeLessThan(plain.sft.forwards.length)
    expect(sum(lazy.sft.forwards)).toBe(lazy.sft.held.length)
    expect(lazy.dpo.forwards).toEqual(plain.dpo.forwards)
  })

  test.each(['lookup', 'auto'] as const)('%s needs few forwards if a text repeats itself', async (path) => {
    for (const strategy of strategies) {
      const repeating: Case = { ...base, strategy, promptIds: [0, 1, 2, 3, 4, 0, 1] }
      const found = await decode(path, repeating, counting)
      expect(found.tokens.slice(0, 5).map(({ id }) => id)).toEqual([2, 3, 4, 0, 1])
      expect(found.tokens).toHaveLength(maxTokens)
      expect(found.dpo.forwards.length).toBeLessThan(maxTokens / 4)
    }
  })

  test('auto drafts nothing while many answers are decoded', async () => {
    const busy = await decode('auto', { ...base, isBusy: true }, counting)
    expect(busy.dpo.forwards.slice(1)).toEqual(busy.tokens.slice(1).map(() => 1))
  })

  test('draft queries the other model once for several positions', async () => {
    const agreeing: Case = { ...base, sharpness: 8 }
    const lazy = await decode('lazy', agreeing)
    const draft = await decode('draft', agreeing)
    expect(draft.sft.forwards.length).toBeLessThan(lazy.sft.forwards.length)
  })

  test('eager queries candidates that are not among the ids that it reads ahead', async () => {
    const flat: Case = {
      ...base,
      strategy: bindTokenStrategy(aad, aad.parameters.parse({ alpha: 0.001 })),
      sharpness: 2,
      sharesDevice: false,
    }
    const plain = await decode('plain', flat)
    const eager = await decode('eager', flat)
    expect(eager.tokens.map(withoutPath)).toEqual(plain.tokens.map(withoutPath))
  })
})
