import { describe, expect, it } from 'vitest'
import { draftTiming, tokenTiming } from '../testing/timings.js'
import { renderTimeline } from './render-timeline.js'

const plain = { width: 48, hasColours: false }

describe('renderTimeline', () => {
  it('shows the prefill, each token and the sums', () => {
    const first = tokenTiming({ step_us: 305_000, dpo_us: 300_000, dpo_tokens: 57, sft_tokens: 57 })
    const skipped = tokenTiming({ sft_us: null, sft_tokens: null, step_us: 7_000 })
    const timings = [first, tokenTiming(), draftTiming, skipped]
    expect(renderTimeline({ header: ['pair, aad'], timings }, plain)).toBe(`pair, aad
4 tokens, 1 of them accepted drafts
prefill: DPO read 57 tokens in 300.00 ms (token 0), SFT read 57 tokens in 3.00 ms (token 0)
bars: D DPO  S SFT  o other  q queue  w wire  m merge  > longer
token        step
    0   305.00 ms  DDDDDDDDDDDDDDDDDDDDDDDDDDDD>
    1    10.00 ms  DDDDDDDDDDDDDDDSSSSSSSSqqwwwm
    2       draft
    3     7.00 ms  DDDDDDDDDDDDDDqqwwwm

part   steps  median    p95        sum
DPO    3      5.00 ms   300.00 ms  310.00 ms
SFT    2      3.00 ms   3.00 ms    6.00 ms
queue  3      0.50 ms   0.50 ms    1.50 ms
wire   3      1.00 ms   1.00 ms    3.00 ms
merge  3      0.50 ms   0.50 ms    1.50 ms
step   3      10.00 ms  305.00 ms  322.00 ms
176.5 tokens/s after the first token, 33.3% of the steps without an SFT run
`)
  })

  it('shows what ran at the same time', () => {
    const timings = [tokenTiming({ other_us: 2_000, overlap_us: 2_000 })]
    const text = renderTimeline({ header: [], timings }, plain)
    expect(text).toMatch(/^other +1 +2\.00 ms/m)
    expect(text).toMatch(/^overlap +1 +2\.00 ms +2\.00 ms +-2\.00 ms$/m)
  })

  it('shows an answer without tokens', () => {
    expect(renderTimeline({ header: [], timings: [] }, plain)).toBe('0 tokens\n')
  })

  it('does not let a header control the terminal', () => {
    expect(renderTimeline({ header: ['a\u001b[2Jb\rc\u009bd\te'], timings: [] }, plain)).toMatch(/^a\?\[2Jb\?c\?d\te\n/)
  })
})
