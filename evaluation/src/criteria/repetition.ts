import { wordsOf } from './words.js'

const size = 4

/**
 * The share of a text's 4-grams of words that stood in it before: 1 - distinct / all. 0: nothing is
 * said twice. Texts of fewer than four words repeat nothing.
 */
export function repetition(text: string): number {
  const words = wordsOf(text)
  const all = words.length - size + 1
  if (all < 1) return 0
  const distinct = new Set(Array.from({ length: all }, (_, i) => words.slice(i, i + size).join(' ')))
  return 1 - distinct.size / all
}
