import { stripVTControlCharacters } from 'node:util'
import type { TokenTiming } from '@tandem/process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftTiming, tokenTiming } from '../testing/timings.js'
import { lengthsOf, parts } from './parts.js'
import { renderBar } from './render-bar.js'
import { renderTimeline } from './render-timeline.js'
import { summarize } from './summarize.js'

const us = fc.nat(1_000_000)
/** Any timings of a token whose parts add up to its step. */
const anyTiming: fc.Arbitrary<TokenTiming> = fc
  .record({
    dpo_us: fc.option(us),
    sft_us: fc.option(us),
    other_us: fc.oneof(fc.constant(0), us),
    overlap: fc.double({ min: 0, max: 1, noNaN: true }),
    queue_us: us,
    wire_us: us,
    merge_us: us,
    isDraft: fc.boolean(),
  })
  .map(({ overlap, isDraft, ...times }) => {
    if (isDraft) return draftTiming
    const compute = (times.dpo_us ?? 0) + (times.sft_us ?? 0) + times.other_us
    const overlap_us = Math.floor(compute * overlap)
    const step_us = compute - overlap_us + times.queue_us + times.wire_us + times.merge_us
    return tokenTiming({ ...times, overlap_us, step_us })
  })

describe('a bar', () => {
  it('is as long as its step, and never longer than its place', () => {
    fc.assert(
      fc.property(anyTiming, fc.nat(2_000_000), fc.integer({ min: 1, max: 200 }), (timing, fullUs, width) => {
        const bar = renderBar(timing, { fullUs, width, hasColours: false })
        const exact = fullUs === 0 ? width : Math.min(width, (width * timing.step_us) / fullUs)
        expect(bar.length).toBeLessThanOrEqual(width)
        if (timing.step_us === 0) expect(bar).toBe('')
        else expect(Math.abs(bar.length - Math.max(1, exact))).toBeLessThanOrEqual(0.5)
        expect(bar.endsWith('>')).toBe(timing.step_us > fullUs)
      }),
    )
  })

  it('has each part in proportion, within one character', () => {
    fc.assert(
      fc.property(anyTiming, (timing) => {
        const bar = renderBar(timing, { fullUs: timing.step_us, width: 100, hasColours: false })
        for (const [i, length] of lengthsOf(timing).entries()) {
          const drawn = [...bar].filter((letter) => letter === parts[i]?.letter).length
          expect(Math.abs(drawn - (100 * length) / Math.max(1, timing.step_us))).toBeLessThanOrEqual(1 + 1e-6)
        }
      }),
    )
  })

  it('has parts whose lengths add up to the step', () => {
    fc.assert(
      fc.property(anyTiming, (timing) => {
        expect(lengthsOf(timing).reduce((sum, us) => sum + us, 0)).toBeCloseTo(timing.step_us, 3)
      }),
    )
  })
})

describe('a summary', () => {
  it('has sums of the parts that add up to the sum of the steps', () => {
    fc.assert(
      fc.property(fc.array(anyTiming), (timings) => {
        const { parts, step, overlap, tokens, drafts } = summarize(timings)
        expect(parts.reduce((sum, { sumUs }) => sum + sumUs, 0) - overlap.sumUs).toBe(step.sumUs)
        expect(step.steps + drafts).toBe(tokens)
        for (const part of [...parts, step, overlap]) {
          expect(part.medianUs).toBeLessThanOrEqual(part.p95Us)
          expect(part.p95Us).toBeLessThanOrEqual(part.sumUs)
        }
      }),
    )
  })
})

describe('a timeline', () => {
  it('fits the width, and shows the same with colours', () => {
    fc.assert(
      fc.property(fc.array(anyTiming), fc.integer({ min: 60, max: 200 }), (timings, width) => {
        const text = renderTimeline({ header: [], timings }, { width, hasColours: false })
        const lines = text.split('\n')
        const tokens = lines.filter((line) => /^ *\d+ +(\d|draft)/.test(line))
        expect(tokens).toHaveLength(timings.length)
        expect(Math.max(0, ...tokens.map((line) => line.length))).toBeLessThanOrEqual(width)
        const coloured = renderTimeline({ header: [], timings }, { width, hasColours: true })
        expect(stripVTControlCharacters(coloured)).toBe(text)
      }),
    )
  })
})
