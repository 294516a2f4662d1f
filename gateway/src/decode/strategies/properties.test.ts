import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bindStrategy, findStrategy } from './index.js'
import type { TokenMethod } from './bound-strategy.js'
import { decide, type LogitRows } from './testing/decide.js'

function method(name: string, parameters: object = {}): TokenMethod {
  const strategy = findStrategy(name)
  const found = strategy && bindStrategy(strategy, strategy.parameters.parse(parameters))
  if (found?.kind !== 'token') throw new Error(`there is no ${name} that picks tokens`)
  return found
}

const names = ['dpo', 'sft', 'amateur'] as const
/** Logits of three models, distinct by 1e-2 within a model. */
const rowsOf = (size: number) =>
  fc.record(
    Object.fromEntries(
      names.map((name) => [
        name,
        fc
          .uniqueArray(fc.integer({ min: -800, max: 800 }), { minLength: size, maxLength: size })
          .map((values) => Float32Array.from(values, (value) => value / 100)),
      ]),
    ),
  )
const vocabularies = fc.integer({ min: 2, max: 9 }).chain(rowsOf)

const least = 1e-3
const areDistinct = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.every((value, i) => i === 0 || value - (sorted[i - 1] ?? 0) >= least)
}
const combine = (rows: LogitRows, score: (at: (name: string) => number) => number): number[] =>
  Array.from(rows.dpo ?? [], (_, id) => score((name) => rows[name]?.[id] ?? Number.NaN))
/** Whether no token is nearer to the border of V_alpha than floats can tell. */
const isClear = (row: Float32Array, alpha: number) =>
  row.every((logit) => Math.abs(logit - Math.max(...row) - Math.log(alpha)) >= least)

/** For each rows whose scores can be told apart. */
function forAll(score: (at: (name: string) => number) => number, check: (rows: LogitRows) => void): void {
  const property = fc.property(vocabularies, (rows) => {
    fc.pre(areDistinct(combine(rows, score)))
    check(rows)
  })
  fc.assert(property, { numRuns: 100 })
}

describe('what methods have in common', () => {
  test('eft is greedy-sft at beta 0 and greedy-dpo at beta 1', () => {
    forAll(
      (at) => at('sft'),
      (rows) => expect(decide(method('eft', { beta: 0 }), rows)).toBe(decide(method('greedy-sft'), rows)),
    )
    forAll(
      (at) => at('dpo'),
      (rows) => expect(decide(method('eft', { beta: 1 }), rows)).toBe(decide(method('greedy-dpo'), rows)),
    )
  })

  test('aad at alpha 1 is greedy-dpo; where the DPO model ties, A decides', () => {
    forAll(
      (at) => at('dpo'),
      (rows) => expect(decide(method('aad', { alpha: 1 }), rows)).toBe(decide(method('greedy-dpo'), rows)),
    )
    const tied = { dpo: Float32Array.of(1, 3, 3, 3, 0), sft: Float32Array.of(0, 2, 1, 1, 0) }
    expect(decide(method('aad', { alpha: 1 }), tied)).toBe(2)
    expect(decide(method('greedy-dpo'), tied)).toBe(1)
  })

  test('contrastive with the SFT model as amateur is aad', () => {
    const alphas = fc.constantFrom(0.001, 0.1, 0.5, 1)
    const property = fc.property(vocabularies, alphas, (rows, alpha) => {
      expect(decide(method('contrastive', { alpha }), rows)).toBe(decide(method('aad', { alpha }), rows))
    })
    fc.assert(property, { numRuns: 100 })
  })

  test('formulas are the methods that they spell', () => {
    const property = fc.property(vocabularies, fc.constantFrom(0.001, 0.1, 0.5), (rows, alpha) => {
      const filter = { on: 'dpo', alpha }
      const spelled = [
        [method('aad', { alpha }), method('formula', { formula: 'dpo - sft', filter })],
        [method('eft', { beta: 2.5 }), method('formula', { formula: 'sft + 2.5*(dpo - sft)' })],
        [method('contrastive', { alpha, amateur: 'amateur' }), method('formula', { formula: 'dpo - amateur', filter })],
      ] as const
      for (const [built, written] of spelled) expect(decide(written, rows)).toBe(decide(built, rows))
    })
    fc.assert(property, { numRuns: 100 })
  })
})

const alpha = 0.1
/** Each deterministic method, the score by which it chooses and the model whose V_alpha it keeps to. */
const methods = [
  { method: method('aad', { alpha }), filter: 'dpo', score: (at) => at('dpo') - at('sft') },
  { method: method('greedy-dpo'), filter: null, score: (at) => at('dpo') },
  { method: method('greedy-sft'), filter: null, score: (at) => at('sft') },
  { method: method('eft', { beta: 4 }), filter: null, score: (at) => at('sft') + 4 * (at('dpo') - at('sft')) },
  {
    method: method('contrastive', { alpha, amateur: 'amateur' }),
    filter: 'dpo',
    score: (at) => at('dpo') - at('amateur'),
  },
  {
    method: method('formula', { formula: 'dpo + 1.5*(dpo - sft) - 0.3*amateur', filter: { on: 'sft', alpha } }),
    filter: 'sft',
    score: (at) => at('dpo') + 1.5 * (at('dpo') - at('sft')) - 0.3 * at('amateur'),
  },
] satisfies {
  method: TokenMethod
  filter: string | null
  score: (at: (name: string) => number) => number
}[]

describe.each(methods.map((one) => [one.method.name, one] as const))('%s', (_, { method, filter, score }) => {
  const forClear = (check: (rows: LogitRows) => void) =>
    forAll(score, (rows) => {
      fc.pre(filter === null || isClear(rows[filter] ?? new Float32Array(), alpha))
      check(rows)
    })

  test('permuting the vocabulary permutes the choice', () => {
    forClear((rows) => {
      const places = rows.amateur ?? new Float32Array()
      const moved = [...places.keys()].sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0))
      const permuted = Object.fromEntries(
        Object.entries(rows).map(([name, row]) => [name, row.map((_, id) => row[moved[id] ?? -1] ?? Number.NaN)]),
      )
      expect(moved[decide(method, permuted)]).toBe(decide(method, rows))
    })
  })

  test('a constant added to any row changes nothing', () => {
    forClear((rows) => {
      for (const name of names) {
        const shifted = { ...rows, [name]: (rows[name] ?? new Float32Array()).map((logit) => logit + 3.7) }
        expect(decide(method, shifted)).toBe(decide(method, rows))
      }
    })
  })

  test('what is excluded is not chosen', () => {
    forClear((rows) => {
      const first = decide(method, rows)
      expect(decide(method, rows, [first])).not.toBe(first)
    })
  })
})
