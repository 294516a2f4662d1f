import type { Normalizer } from '../parts.js'
import { divideText, partLength } from './divide-text.js'

/** Creates a normalizer that changes each character without regard to its neighbours. */
export function changeCharacters(change: (text: string) => string): Normalizer {
  return {
    whole: change,
    *inParts(parts) {
      for (const part of parts) yield change(part)
    },
  }
}

/** Creates a normalizer that changes a text in parts only. */
export function changeInParts(inParts: Normalizer['inParts']): Normalizer {
  return { whole: (text) => [...inParts([text])].join(''), inParts }
}

/**
 * Creates a normalizer of a change that depends on neighbours. It holds back what follows the last
 * place where a text can be divided.
 * @param findDivision returns the last offset of a part at which the text can be divided, or -1
 */
export function changeBetween(findDivision: (part: string) => number, change: (text: string) => string): Normalizer {
  return {
    whole: change,
    *inParts(parts) {
      let held: string[] = []
      for (const part of parts) {
        const division = findDivision(part)
        if (division < 0) {
          held.push(part)
          yield ''
        } else {
          yield* divideText(change(held.join('') + part.slice(0, division)), partLength)
          held = [part.slice(division)]
        }
      }
      yield* divideText(change(held.join('')), partLength)
    },
  }
}

/** Returns the start of the last character of a text for which `isWanted` is true, or -1. */
export function findLast(text: string, isWanted: (character: string) => boolean): number {
  for (let end = text.length; end > 0; ) {
    const start = end - (isPairAt(text, end - 2) ? 2 : 1)
    if (isWanted(text.slice(start, end))) return start
    end = start
  }
  return -1
}

function isPairAt(text: string, start: number): boolean {
  return start >= 0 && (text.codePointAt(start) as number) > 0xffff
}
