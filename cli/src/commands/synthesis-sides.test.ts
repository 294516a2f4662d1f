import { describe, expect, it } from 'vitest'
import { chosenOf, rejectedOf, type SideOptions } from './synthesis-sides.js'

const sides = (changes: Partial<SideOptions>) => {
  const options = { pairs: 'preference' as const, ...changes }
  return [chosenOf(options), rejectedOf(options)]
}

describe('the sides of a pair', () => {
  it.each<[Partial<SideOptions>, object]>([
    [{}, [{ strategy: 'aad' }, { strategy: 'sample', top_p: 0.9 }]],
    [
      { chosen: 'aad-beam alpha=0.5', rejected: 'greedy-dpo' },
      [{ strategy: 'aad-beam', alpha: 0.5 }, { strategy: 'greedy-dpo' }],
    ],
    [
      { chosen: 'best-of-n n=4', rejected: 'worst-of-n n=4 top_p=0.8' },
      [
        { strategy: 'best-of-n', n: 4 },
        { strategy: 'worst-of-n', n: 4, top_p: 0.8 },
      ],
    ],
    [{ rejectedFrom: 'a.jsonl' }, [{ strategy: 'aad' }, { from: 'a.jsonl' }]],
  ])('%j', (options, expected) => expect(sides(options)).toEqual(expected))

  it('samples the SFT model for adherence pairs', () => {
    expect(sides({ pairs: 'adherence' })[0]).toEqual({ strategy: 'sample', model: 'sft', top_p: 0.9, top_k: 64 })
  })

  it.each<[Partial<SideOptions>, string]>([
    [{ chosen: 'nope' }, 'strategy: unknown strategy "nope"'],
    [{ chosen: ' ' }, '--chosen is empty: expected a strategy, e.g. "aad alpha=0.2"'],
    [{ rejected: 'aad greedy-dpo' }, '--rejected "aad greedy-dpo" names two strategies: expected one'],
    [{ rejected: 'worst-of-n width=2' }, 'width: unknown parameter of the strategy best-of-n'],
    [{ rejected: 'aad', rejectedFrom: 'a' }, '--rejected and --rejected-from contradict each other: remove one'],
    [{ pairs: 'adherence', rejectedFrom: 'a' }, '--rejected-from has no meaning for --pairs adherence'],
  ])('refuses %j', (options, message) => expect(() => sides(options)).toThrow(message))
})
