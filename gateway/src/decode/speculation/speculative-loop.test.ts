import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ToyModel, ToySession } from '../../testing/toy-session.js'
import { createLoop } from './create-loop.js'
import { type DecodePath, decodePaths } from '../loop/decode-path.js'
import { aad } from '../strategies/aad.js'
import { formula } from '../strategies/formula.js'
import { greedyDpo } from '../strategies/greedy.js'
import { bindMethod } from '../strategies/index.js'
import type { TokenMethod } from '../strategies/bound-strategy.js'
import type { Token } from '../loop/token.js'
import type { TokenRequest } from '../loop/decode-request.js'

const vocabularySize = 80

/** What follows depends on the last two tokens alone, so that texts repeat themselves; `sharpness` scales the logits. */
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
  readonly method: TokenMethod
  readonly promptIds: readonly number[]
  readonly sharpness: number
  readonly sharesDevice: boolean
  readonly isCrowded: boolean
  readonly pauses: readonly number[]
  readonly minTokens: number
  readonly topLogprobs: number | null
}

const maxTokens = 40
const endTokenId = 17

async function decode(path: DecodePath, one: Case, model?: ToyModel) {
  const { method, promptIds, sharpness, sharesDevice, isCrowded, pauses, ...rest } = one
  const dpo = new ToySession(model ?? createModel(3, sharpness), pauses)
  const sft = new ToySession(model ?? createModel(1009, sharpness), [...pauses].reverse())
  const request: TokenRequest = {
    promptIds,
    method,
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
    { sessions: new Map(Object.entries({ dpo, sft })), sharesDevice: () => sharesDevice, isCrowded: () => isCrowded },
    request,
  )
  const tokens: Token[] = []
  while (tokens.length < maxTokens && tokens.at(-1)?.id !== endTokenId) tokens.push(...(await loop.next()))
  return { tokens, dpo, sft }
}

const methods = [
  bindMethod(formula, formula.parameters.parse({ formula: '2*dpo - sft', filter: { alpha: 0.05 } })),
  bindMethod(aad, aad.parameters.parse({ alpha: 0.01, temperature: 1, seed: 5 })),
  bindMethod(aad, aad.parameters.parse({ alpha: 0.1 })),
  bindMethod(aad, aad.parameters.parse({ alpha: 0.7 })),
  bindMethod(greedyDpo, {}),
]
const cases = fc.record({
  method: fc.constantFrom(...methods),
  promptIds: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }),
  sharpness: fc.constantFrom(2, 8, 30),
  sharesDevice: fc.boolean(),
  isCrowded: fc.boolean(),
  pauses: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 5 }),
  minTokens: fc.constantFrom(0, 5),
  topLogprobs: fc.constantFrom(null, 3),
})

describe('windows', () => {
  test.each(decodePaths.filter((path) => path !== 'plain'))('%s gives the tokens of plain', async (path) => {
    const property = fc.asyncProperty(cases, async (one) => {
      const plain = await decode('plain', one)
      const found = await decode(path, one)
      expect(found.tokens).toEqual(plain.tokens)
    })
    await fc.assert(property, { numRuns: 40 })
  })

  const alone: Case = {
    method: bindMethod(aad, aad.parameters.parse({ alpha: 0.1 })),
    promptIds: [1, 2, 3, 4],
    sharpness: 30,
    sharesDevice: true,
    isCrowded: false,
    pauses: [],
    minTokens: 0,
    topLogprobs: null,
  }
  /** Counts from 0 to 4 and again. */
  const round: ToyModel = (ids) =>
    Float32Array.from({ length: vocabularySize }, (_, v) => (v === ((ids.at(-1) ?? 0) + 1) % 5 ? 9 : v / 100))
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

  test('lazy leaves the other model alone where there is no choice, and sends all since then in one chunk', async () => {
    const plain = await decode('plain', alone)
    const lazy = await decode('lazy', alone)
    expect(plain.sft.forwards).toHaveLength(plain.tokens.length)
    expect(lazy.sft.forwards.length).toBeLessThan(plain.sft.forwards.length)
    expect(sum(lazy.sft.forwards)).toBe(lazy.sft.held.length)
    expect(lazy.dpo.forwards).toEqual(plain.dpo.forwards)
  })

  test.each(['lookup', 'auto'] as const)('%s takes few forwards where a text repeats itself', async (path) => {
    for (const method of methods) {
      const repeating: Case = { ...alone, method, promptIds: [0, 1, 2, 3, 4, 0, 1] }
      const found = await decode(path, repeating, round)
      expect(found.tokens.slice(0, 5).map(({ id }) => id)).toEqual([2, 3, 4, 0, 1])
      expect(found.tokens).toHaveLength(maxTokens)
      expect(found.dpo.forwards.length).toBeLessThan(maxTokens / 4)
    }
  })

  test('among many answers nothing is guessed', async () => {
    const crowded = await decode('auto', { ...alone, isCrowded: true }, round)
    expect(crowded.dpo.forwards.slice(1)).toEqual(crowded.tokens.slice(1).map(() => 1))
  })

  test('draft asks the other model once for several places', async () => {
    const agreeing: Case = { ...alone, sharpness: 8 }
    const lazy = await decode('lazy', agreeing)
    const draft = await decode('draft', agreeing)
    expect(draft.sft.forwards.length).toBeLessThan(lazy.sft.forwards.length)
  })

  test('a candidate outside the best ids that eager reads ahead is asked for', async () => {
    const flat: Case = {
      ...alone,
      method: bindMethod(aad, aad.parameters.parse({ alpha: 0.001 })),
      sharpness: 2,
      sharesDevice: false,
    }
    const plain = await decode('plain', flat)
    const eager = await decode('eager', flat)
    expect(eager.tokens).toEqual(plain.tokens)
  })
})
