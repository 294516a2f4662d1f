import { describe, expect, it } from 'vitest'
import { draftTiming, tokenTiming } from '../testing/timings.js'
import { summarize } from './summarize.js'

describe('summarize', () => {
  it('counts tokens, drafts and steps without an SFT run', () => {
    const skipped = tokenTiming({ sft_us: null, sft_tokens: null, step_us: 7_000 })
    const summary = summarize([tokenTiming(), skipped, draftTiming, skipped, tokenTiming()])
    expect(summary).toMatchObject({ tokens: 5, drafts: 1, withoutSft: 0.5 })
    expect(summary.tokensPerSecond).toBeCloseTo((4 * 1e6) / 24_000)
    expect(summary.step).toEqual({ label: 'step', steps: 4, medianUs: 7_000, p95Us: 10_000, sumUs: 34_000 })
    const [dpo, sft, other] = summary.parts
    expect(dpo).toMatchObject({ label: 'DPO', steps: 4, sumUs: 20_000 })
    expect(sft).toEqual({ label: 'SFT', steps: 2, medianUs: 3_000, p95Us: 3_000, sumUs: 6_000 })
    expect(other).toMatchObject({ steps: 0, sumUs: 0 })
  })

  it('finds the step in which each model read the prompt', () => {
    const first = tokenTiming({ dpo_tokens: 57, dpo_us: 90_000, sft_us: null, sft_tokens: null })
    const second = tokenTiming({ sft_tokens: 58, sft_us: 80_000 })
    expect(summarize([first, second, tokenTiming()]).prefills).toEqual([
      { label: 'DPO', token: 0, tokens: 57, computeUs: 90_000 },
      { label: 'SFT', token: 1, tokens: 58, computeUs: 80_000 },
    ])
  })

  it('has no steps and no speed without a token', () => {
    expect(summarize([])).toMatchObject({ tokens: 0, withoutSft: 0, tokensPerSecond: null, prefills: [] })
    expect(summarize([tokenTiming()]).tokensPerSecond).toBeNull()
  })
})
