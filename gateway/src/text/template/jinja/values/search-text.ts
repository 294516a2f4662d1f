import { costs, spend } from '../work.js'

/**
 * Searches in texts, in time linear in their lengths. JavaScript's own search takes the product of
 * both lengths for some long texts: minutes for 'aaaa...'.
 */

/** Longest part that JavaScript's own search looks for. */
const maxNative = 8

/** Returns the first unit, from `start` on, where a part begins, or -1. */
export function indexOfText(text: string, part: string, start = 0): number {
  if (part.length <= maxNative) return text.indexOf(part, start)
  return match((index) => text.charCodeAt(start + index), text.length - start, codesOf(part), start)
}

/** Returns the last unit where a part begins that ends at `end` or before, or -1. */
export function lastIndexOfText(text: string, part: string, end = text.length): number {
  if (end < part.length) return -1
  if (part.length <= maxNative) return text.lastIndexOf(part, end - part.length)
  // The same search from the end: the part and the text are read backwards.
  const found = match((index) => text.charCodeAt(end - 1 - index), end, codesOf(part).reverse(), 0)
  return found < 0 ? -1 : end - found - part.length
}

/** Splits a text at each place of a separator that is not empty. */
export function splitText(text: string, separator: string): string[] {
  if (separator.length <= maxNative) return countParts(text.split(separator))
  const parts: string[] = []
  let start = 0
  for (let end = indexOfText(text, separator); end >= 0; end = indexOfText(text, separator, start)) {
    parts.push(text.slice(start, end))
    start = end + separator.length
  }
  return countParts([...parts, text.slice(start)])
}

function countParts(parts: string[]): string[] {
  spend(parts.length * costs.item)
  return parts
}

function codesOf(text: string): Uint16Array {
  // `Uint16Array.from` takes ten times as long.
  const codes = new Uint16Array(text.length)
  for (let index = 0; index < text.length; index++) codes[index] = text.charCodeAt(index)
  return codes
}

/** The algorithm of Knuth, Morris and Pratt. It counts as work what it has read. */
function match(codeAt: (index: number) => number, length: number, part: Uint16Array, offset: number): number {
  spend(part.length * costs.eachCharacter)
  if (length < part.length) return -1
  const borders = bordersOf(part)
  let matched = 0
  let index = 0
  for (; index < length && matched < part.length; index++) {
    const code = codeAt(index)
    while (matched > 0 && part[matched] !== code) matched = borders[matched - 1] ?? 0
    if (part[matched] === code) matched++
  }
  spend(index * costs.eachCharacter)
  return matched === part.length ? offset + index - matched : -1
}

/** For each prefix, the length of the longest shorter prefix that also ends it. */
function bordersOf(part: Uint16Array): Uint32Array {
  const borders = new Uint32Array(part.length)
  let matched = 0
  for (let index = 1; index < part.length; index++) {
    while (matched > 0 && part[matched] !== part[index]) matched = borders[matched - 1] ?? 0
    if (part[matched] === part[index]) matched++
    borders[index] = matched
  }
  return borders
}
