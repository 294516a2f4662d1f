import { plausibleIds } from '@tandem/test'
import { describe, expect, test } from 'vitest'
import { advantages, divergence, measureQuality, pickAad } from './measures.js'

const logits = (...p: number[]) => Float32Array.from(p, (x) => Math.log(x) + 3)
const dpo = logits(0.4, 0.3, 0.2, 0.08, 0.02)
const sft = logits(0.5, 0.1, 0.3, 0.02, 0.08)

describe('measures of a precision', () => {
  test('V_alpha holds the tokens with at least alpha times the best probability', () => {
    expect(plausibleIds(dpo, 0.1)).toEqual([0, 1, 2, 3])
    expect(plausibleIds(dpo, 1)).toEqual([0])
  })

  test('the advantage is the difference of the log-probabilities', () => {
    expect(advantages(dpo, sft, [0, 1])).toEqual([
      expect.closeTo(Math.log(0.4 / 0.5), 5),
      expect.closeTo(Math.log(3), 5),
    ])
  })

  test('AAD picks the largest advantage in V_alpha', () => {
    expect(pickAad(dpo, sft, 0.1)).toBe(3)
    expect(pickAad(dpo, sft, 0.5)).toBe(1)
    expect(pickAad(dpo, dpo, 0.1)).toBe(0)
  })

  test('the divergence follows its definition, and a row has divergence 0 from itself', () => {
    expect(divergence(logits(0.5, 0.5), logits(0.25, 0.75))).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 5)
    expect(divergence(dpo, dpo)).toBe(0)
  })

  test('quality is the share of golden tokens and the error of A', () => {
    const exact = { sft: [sft, sft], dpo: [dpo, dpo] }
    expect(measureQuality(exact, exact, [3, 3], 0.1)).toEqual({ divergence: 0, advantageError: 0, sameTokens: 1 })
    const found = { sft: [sft, dpo], dpo: [dpo, dpo] }
    const quality = measureQuality(exact, found, [3, 3], 0.1)
    expect(quality.sameTokens).toBe(0.5)
    const errors = [0.4 / 0.5, 3, 2 / 3, 4].map((ratio) => Math.log(ratio) ** 2)
    expect(quality.advantageError).toBeCloseTo(Math.sqrt(errors.reduce((a, b) => a + b) / 8), 5)
  })
})
