import { describe, expect, test } from 'vitest'
import { formula } from './formula.js'
import { pickInput } from './testing/pick-input.js'

const ids = [0, 1, 2, 3, 4]
const dpo = [0.4, 0.3, 0.2, 0.06, 0.04]
const sft = [0.5, 0.2, 0.15, 0.1, 0.05]
const third = [0.02, 0.08, 0.5, 0.3, 0.1]
const parse = (text: string, more: object = {}) => formula.parameters.parse({ formula: text, ...more })
const reads = (text: string, more: object = {}) => formula.reads(parse(text, more), [2])

describe('reads', () => {
  test('full rows of only the models that it names', () => {
    const readout = { kind: 'full' }
    expect(reads('sft + 4*(dpo - sft)')).toEqual({ lead: 'sft', readout, others: ['dpo'] })
    expect(reads('log(amateur)')).toEqual({ lead: 'amateur', readout, others: [] })
  })

  test('with a filter, the candidates of its model, gathered from the others', () => {
    const readout = { kind: 'candidates', alpha: 0.1, exclude: [2] }
    expect(reads('dpo - sft', { filter: {} })).toEqual({ lead: 'dpo', readout, others: ['sft'] })
    const filter = { on: 'sft', alpha: 0.5 }
    const half = { ...readout, alpha: 0.5 }
    expect(reads('dpo - amateur', { filter })).toEqual({ lead: 'sft', readout: half, others: ['dpo', 'amateur'] })
  })
})

describe('picks', () => {
  test('the token with the greatest value', () => {
    // The models come as the formula names them: third, dpo, sft. 0.02 * 0.8,
    // 0.08 * 1.5, 0.5 * 1.33, 0.3 * 0.6, ...
    expect(formula.pick(parse('base + dpo - sft'), pickInput(ids, third, dpo, sft))).toBe(2)
    // Decoding-time realignment (Liu et al., 2024d) at lambda 0.5: sqrt(p_sft p_dpo), 0.447 first.
    expect(formula.pick(parse('sft + 0.5*(dpo - sft)'), pickInput(ids, sft, dpo))).toBe(0)
    // At lambda 3: p_sft (p_dpo / p_sft)^3: 0.256, 0.675, 0.356.
    expect(formula.pick(parse('sft + 3*(dpo - sft)'), pickInput(ids, sft, dpo))).toBe(1)
  })

  test('only from V_alpha with a filter, and a single candidate without its value', () => {
    const options = parse('0 * dpo - sft', { filter: { alpha: 0.4 } })
    expect(formula.pick(options, pickInput([0, 1, 2], dpo.slice(0, 3), sft.slice(0, 3)))).toBe(2)
    expect(formula.pick(parse('log(dpo)', { filter: {} }), pickInput([3], [0.9]))).toBe(3)
  })

  test('no token with a value that is not finite: NaN or an infinity', () => {
    const other = [0.4, 0.2, 0.15, 0.1, 0.05]
    // 1 / 0, then 1 / log 1.5, 1 / log 1.33, negative ones.
    expect(formula.pick(parse('1 / (dpo - sft)'), pickInput(ids, dpo, other))).toBe(2)
    // log 0, log log 1.5, log log 1.33, NaN.
    expect(formula.pick(parse('log(dpo - sft)'), pickInput(ids, dpo, other))).toBe(1)
    expect(() => formula.pick(parse('log(dpo)'), pickInput(ids, dpo))).toThrow(
      'decoding.formula: the formula gives no finite score at answer token 1: change the formula or add a filter',
    )
    const excluded = new Set([0, 1, 2, 3, 4])
    expect(() => formula.pick(parse('dpo'), { ...pickInput(ids, dpo), excluded })).toThrow('no finite score')
  })

  test('a draw from softmax of the values with select: sample, with the sampling filters', () => {
    const share = (more: object, id: number) => {
      const options = parse('dpo', { select: 'sample', seed: 4, ...more })
      const drawn = Array.from({ length: 2000 }, (_, index) => formula.pick(options, { ...pickInput(ids, dpo), index }))
      return drawn.filter((one) => one === id).length / 2000
    }
    expect(Math.abs(share({}, 0) - 0.4)).toBeLessThan(0.04)
    expect(Math.abs(share({ top_k: 2 }, 1) - 3 / 7)).toBeLessThan(0.04)
    expect(share({ top_p: 0.3 }, 0)).toBe(1)
    expect(share({ select: 'argmax' }, 0)).toBe(1)
    expect(share({ temperature: 0 }, 0)).toBe(1)
  })
})
