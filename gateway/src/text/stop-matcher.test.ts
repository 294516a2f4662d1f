import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createStopMatcher } from './index.js'

/** The definition: the stop string that ends first, and the longest of those that end there. */
function searchWhole(text: string, stops: readonly string[], includeStop: boolean) {
  for (let end = 1; end <= text.length; end++) {
    const met = stops
      .filter((stop) => stop !== '' && text.slice(0, end).endsWith(stop))
      .sort((a, b) => b.length - a.length)
    const stopped = met[0]
    if (stopped !== undefined) return { text: text.slice(0, includeStop ? end : end - stopped.length), stopped }
  }
  return { text, stopped: null }
}

/** The longest end of the text that can still become a stop string. */
function couldBegin(text: string, stops: readonly string[]): number {
  let longest = 0
  for (const stop of stops) {
    for (let length = 1; length < stop.length; length++) {
      if (text.endsWith(stop.slice(0, length))) longest = Math.max(longest, length)
    }
  }
  return longest
}

describe('createStopMatcher', () => {
  it('finds a stop string across pieces and removes it', () => {
    const matcher = createStopMatcher(['END'], false)
    expect(matcher.push('one E')).toEqual({ text: 'one ', stopped: null })
    expect(matcher.push('ND two')).toEqual({ text: '', stopped: 'END' })
    expect(matcher.push('three')).toEqual({ text: '', stopped: 'END' })
    expect(matcher.finish()).toBe('')
  })

  it('keeps the stop string if requested', () => {
    expect(createStopMatcher(['\n\n'], true).push('a\n\nb')).toEqual({ text: 'a\n\n', stopped: '\n\n' })
  })

  it('returns the held text when generation ends', () => {
    const matcher = createStopMatcher(['abab'], false)
    expect(matcher.push('xaba').text).toBe('x')
    expect(matcher.finish()).toBe('aba')
  })

  it('passes all text without stop strings, and ignores empty ones', () => {
    expect(createStopMatcher(['', ''], false).push('text')).toEqual({ text: 'text', stopped: null })
  })

  it('equals the search over the whole text for any split, and holds back only what it must', () => {
    const letters = fc.constantFrom('a', 'b', '🙂', 'é')
    const words = (maxLength: number) => fc.array(letters, { maxLength }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(
        fc.array(words(5), { maxLength: 4 }),
        fc.array(words(4), { maxLength: 20 }),
        fc.boolean(),
        (stops, pieces, include) => {
          const matcher = createStopMatcher(stops, include)
          let text = ''
          let seen = ''
          let stopped: string | null = null
          for (const piece of pieces) {
            const step = matcher.push(piece)
            text += step.text
            seen += piece
            stopped = step.stopped
            if (stopped !== null) break
            expect(seen.length - text.length).toBe(couldBegin(seen, stops))
          }
          if (stopped === null) text += matcher.finish()
          expect({ text, stopped }).toEqual(searchWhole(pieces.join(''), stops, include))
        },
      ),
      { numRuns: 2000 },
    )
  })
})
