import { costs, spend } from '../work.js'

/** Python's strings are sequences of code points, those of JavaScript of UTF-16 units. */

const surrogate = /[\ud800-\udfff]/

/** Whether each unit of a text is a character. */
export function isPlain(text: string): boolean {
  return !surrogate.test(text)
}

/** The characters of a text. */
export function charactersOf(text: string): readonly string[] {
  spend(text.length * costs.item)
  return isPlain(text) ? text.split('') : [...text]
}

/** The number of characters. */
export function lengthOfText(text: string): number {
  spend(text.length * costs.character)
  if (isPlain(text)) return text.length
  let length = 0
  for (let index = 0; index < text.length; index += widthAt(text, index)) length++
  return length
}

/** Compares texts by code points. */
export function compareTexts(left: string, right: string): number {
  spend(Math.min(left.length, right.length) * costs.character)
  let index = 0
  while (index < left.length && index < right.length && left.charCodeAt(index) === right.charCodeAt(index)) index++
  // Equal pairs of units may end in the first half of a character.
  const start = index > 0 && isHighHalf(left.charCodeAt(index - 1)) ? index - 1 : index
  return (left.codePointAt(start) ?? -1) - (right.codePointAt(start) ?? -1)
}

/** The character at an index, from the end if it is negative; undefined if there is none. */
export function characterAt(text: string, index: number): string | undefined {
  spend(Math.min(Math.abs(index), text.length) * costs.character)
  let unit = index < 0 ? text.length : 0
  for (let left = index; left > 0 && unit < text.length; left--) unit += widthAt(text, unit)
  for (let left = index; left < 0; left++) {
    if (unit === 0) return undefined
    unit -= unit > 1 && widthAt(text, unit - 2) === 2 ? 2 : 1
  }
  const code = text.codePointAt(unit)
  return code === undefined ? undefined : String.fromCodePoint(code)
}

/** The number of units of the character at a unit. */
function widthAt(text: string, unit: number): number {
  return isHighHalf(text.charCodeAt(unit)) && isLowHalf(text.charCodeAt(unit + 1)) ? 2 : 1
}

const isHighHalf = (code: number): boolean => code >= 0xd800 && code < 0xdc00
const isLowHalf = (code: number): boolean => code >= 0xdc00 && code < 0xe000
