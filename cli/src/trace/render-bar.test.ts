import { describe, expect, it } from 'vitest'
import { draftTiming, tokenTiming } from '../testing/timings.js'
import { renderBar, renderLegend } from './render-bar.js'

const scale = (changes = {}) => ({ fullUs: 10_000, width: 20, hasColours: false, ...changes })

describe('renderBar', () => {
  it.each([
    ['all parts', tokenTiming(), 'DDDDDDDDDDSSSSSSqwwm'],
    ['half of the scale', tokenTiming({ step_us: 5_000 }), 'DDDDDSSSqw'],
    ['no SFT run', tokenTiming({ sft_us: null, step_us: 7_000 }), 'DDDDDDDDDDqwwm'],
    ['a cut bar', tokenTiming({ step_us: 10_001 }), 'DDDDDDDDDDSSSSSSqww>'],
    ['both models at once', tokenTiming({ dpo_us: 6_000, sft_us: 6_000, overlap_us: 4_000 }), 'DDDDDDDDSSSSSSSSqwwm'],
    ['a draft', draftTiming, ''],
    ['a short step', tokenTiming({ step_us: 1 }), 'D'],
  ])('%s', (_, timing, bar) => {
    expect(renderBar(timing, scale())).toBe(bar)
  })

  it('uses a colour for each part', () => {
    const start = '\u001b'
    expect(renderBar(tokenTiming({ step_us: 1_000 }), scale({ hasColours: true }))).toBe(
      `${start}[30;44mD${start}[0m${start}[30;42mS${start}[0m`,
    )
    expect(renderLegend(false)).toBe('D DPO  S SFT  o other  q queue  w wire  m merge  > longer')
  })
})
