import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BoundTokenStrategy } from './bound-strategy.js'
import { bindStrategy, findStrategy } from './index.js'
import { decide, type LogitRows } from './testing/decide.js'

function strategyOf(name: string, parameters: object = {}): BoundTokenStrategy {
  const strategy = findStrategy(name)
  const found = strategy && bindStrategy(strategy, strategy.parameters.parse(parameters))
  if (found?.kind !== 'token') throw new Error(`expected a token strategy, found ${name}`)
  return found
}

const names = ['dpo', 'sft', 'amateur'] as const
/** Logits of three models. Within a model they differ by at least 1e-2. */
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
/** Whether each token is clearly inside or outside V_alpha, despite float rounding. */
const isClear = (row: Float32Array, alpha: number) =>
  row.every((logit) => Math.abs(logit - Math.max(...row) - Math.log(alpha)) >= least)

/** Checks rows whose scores clearly differ. */
function forAll(score: (at: (name: string) => number) => number, check: (rows: LogitRows) => void): void {
  const property = fc.property(vocabularies, (rows) => {
    fc.pre(areDistinct(combine(rows, score)))
    check(rows)
  })
  fc.assert(property, { numRuns: 100 })
}

describe('strategies that are special cases of others', () => {
  test('eft is greedy-sft at beta 0 and greedy-dpo at beta 1', () => {
    forAll(
      (at) => at('sft'),
      (rows) => expect(decide(strategyOf('eft', { beta: 0 }), rows)).toBe(decide(strategyOf('greedy-sft'), rows)),
    )
    forAll(
      (at) => at('dpo'),
      (rows) => expect(decide(strategyOf('eft', { beta: 1 }), rows)).toBe(decide(strategyOf('greedy-dpo'), rows)),
    )
  })

  test('aad at alpha 1 is greedy-dpo; if the DPO model ties, A decides', () => {
    forAll(
      (at) => at('dpo'),
      (rows) => expect(decide(strategyOf('aad', { alpha: 1 }), rows)).toBe(decide(strategyOf('greedy-dpo'), rows)),
    )
    const tied = { dpo: Float32Array.of(1, 3, 3, 3, 0), sft: Float32Array.of(0, 2, 1, 1, 0) }
    expect(decide(strategyOf('aad', { alpha: 1 }), tied)).toBe(2)
    expect(decide(strategyOf('greedy-dpo'), tied)).toBe(1)
  })

  test('contrastive with the SFT model as amateur is aad', () => {
    const alphas = fc.constantFrom(0.001, 0.1, 0.5, 1)
    const property = fc.property(vocabularies, alphas, (rows, alpha) => {
      expect(decide(strategyOf('contrastive', { alpha }), rows)).toBe(decide(strategyOf('aad', { alpha }), rows))
    })
    fc.assert(property, { numRuns: 100 })
  })

  test('formulas equal the strategies that they spell', () => {
    const property = fc.property(vocabularies, fc.constantFrom(0.001, 0.1, 0.5), (rows, alpha) => {
      const filter = { on: 'dpo', alpha }
      const spelled = [
        [strategyOf('aad', { alpha }), strategyOf('formula', { formula: 'dpo - sft', filter })],
        [strategyOf('eft', { beta: 2.5 }), strategyOf('formula', { formula: 'sft + 2.5*(dpo - sft)' })],
        [
          strategyOf('contrastive', { alpha, amateur: 'amateur' }),
          strategyOf('formula', { formula: 'dpo - amateur', filter }),
        ],
      ] as const
      for (const [built, written] of spelled) expect(decide(written, rows)).toBe(decide(built, rows))
    })
    fc.assert(property, { numRuns: 100 })
  })
})

const alpha = 0.1
/**
 * Each deterministic strategy, the score by which it chooses and the model that filters by V_alpha.
 */
const strategies = [
  { strategy: strategyOf('aad', { alpha }), filter: 'dpo', score: (at) => at('dpo') - at('sft') },
  { strategy: strategyOf('greedy-dpo'), filter: null, score: (at) => at('dpo') },
  { strategy: strategyOf('greedy-sft'), filter: null, score: (at) => at('sft') },
  { strategy: strategyOf('eft', { beta: 4 }), filter: null, score: (at) => at('sft') + 4 * (at('dpo') - at('sft')) },
  {
    strategy: strategyOf('contrastive', { alpha, amateur: 'amateur' }),
    filter: 'dpo',
    score: (at) => at('dpo') - at('amateur'),
  },
  {
    strategy: strategyOf('formula', { formula: 'dpo + 1.5*(dpo - sft) - 0.3*amateur', filter: { on: 'sft', alpha } }),
    filter: 'sft',
    score: (at) => at('dpo') + 1.5 * (at('dpo') - at('sft')) - 0.3 * at('amateur'),
  },
] satisfies {
  strategy: BoundTokenStrategy
  filter: string | null
  score: (at: (name: string) => number) => number
}[]

describe.each(strategies.map((one) => [one.strategy.name, one] as const))('%s', (_, { strategy, filter, score }) => {
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
      expect(moved[decide(strategy, permuted)]).toBe(decide(strategy, rows))
    })
  })

  test('a constant added to a row changes nothing', () => {
    forClear((rows) => {
      for (const name of names) {
        const shifted = { ...rows, [name]: (rows[name] ?? new Float32Array()).map((logit) => logit + 3.7) }
        expect(decide(strategy, shifted)).toBe(decide(strategy, rows))
      }
    })
  })

  test('does not choose an excluded token', () => {
    forClear((rows) => {
      const first = decide(strategy, rows)
      expect(decide(strategy, rows, [first])).not.toBe(first)
    })
  })
})
