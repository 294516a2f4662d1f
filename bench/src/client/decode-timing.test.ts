import { describe, expect, it } from 'vitest'
import { timeDecode, timeTogether } from './decode-timing.js'

const arrivals = (...times: number[]) => times.map((atMs) => ({ atMs, tokens: 1 }))

describe('timeDecode', () => {
  it('measures from the first token to the last', () => {
    expect(timeDecode(arrivals(500, 510, 520, 540))).toEqual({
      tokensPerSecond: 75,
      msPerToken: 40 / 3,
      tokensPerStep: 1,
    })
  })

  it('does not count the tokens of the first step, whose time includes the prompt', () => {
    const timing = timeDecode(arrivals(100, 100.5, 101, 121, 121.2, 141))
    expect(timing.tokensPerSecond).toBeCloseTo((1000 * 3) / 40)
    expect(timing.tokensPerStep).toBe(1.5)
  })

  it('counts all tokens of a chunk', () => {
    const timing = timeDecode([
      { atMs: 0, tokens: 1 },
      { atMs: 10, tokens: 3 },
    ])
    expect(timing).toEqual({ tokensPerSecond: 300, msPerToken: 10 / 3, tokensPerStep: 3 })
  })

  it('refuses an answer of one step', () => {
    expect(() => timeDecode(arrivals(1, 1.1))).toThrow('the answer has 1 steps: expected at least two to time a decode')
    expect(() => timeDecode([])).toThrow('the answer has 0 steps: expected at least two to time a decode')
  })
})

describe('timeTogether', () => {
  const at = (...times: number[]) => times.map((atMs) => ({ atMs, tokens: 1 }))

  it('counts the tokens that arrive while all answers decode', () => {
    // From 100, the start of the second answer, to 300, the end of the first: both arrivals at 200
    // and 300 count.
    expect(timeTogether([at(0, 100, 200, 300), at(100, 200, 300, 400)])).toBe(20)
  })

  it('refuses answers that never decode at once', () => {
    expect(() => timeTogether([at(0, 100), at(200, 300)])).toThrow(
      'the first answer ended before the last one began: request more tokens',
    )
  })
})
