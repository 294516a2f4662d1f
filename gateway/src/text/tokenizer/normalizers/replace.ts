import { compilePattern, type Pattern } from '../library.js'
import type { Component, Normalizer } from '../parts.js'
import { changeBetween, changeCharacters, findLast } from './divisions.js'

/** Creates the replacement of all matches by a text, in which $ has no meaning. */
export function createReplace(config: Component): (text: string) => string {
  const pattern = compilePattern((config.pattern ?? {}) as Pattern)
  const content = String(config.content ?? '').replaceAll('$', '$$$$')
  return (text) => text.replace(pattern, content)
}

/** Creates the normalizer of a replacement. */
export function createReplaceNormalizer(config: Component): Normalizer {
  const pattern = (config.pattern ?? {}) as Pattern
  const expression = compilePattern(pattern)
  const replacedAtStart = (text: string): number => {
    const { index, 0: match } = expression.exec(text) ?? { index: -1, 0: '' }
    expression.lastIndex = 0
    return index === 0 ? match.length : 0
  }
  return { ...createReplacement(pattern, createReplace(config)), replacedAtStart }
}

function createReplacement(pattern: Pattern, replace: (text: string) => string): Normalizer {
  if (pattern.String !== undefined && [...pattern.String].length === 1) return changeCharacters(replace)
  const isMatched = createMatchTest(pattern)
  const findEnd = (part: string): number => {
    const last = findLast(part, (character) => !isMatched(character))
    return last < 0 ? last : last + String.fromCodePoint(part.codePointAt(last) as number).length
  }
  return changeBetween(findEnd, replace)
}

/** One character or `\s`, at least a number of times: SentencePiece's " {2,}" and CLIP's "\s+". */
const repetition = /^([^\\.^$|?*+()[\]{}]|\\s)(?:\+|\{\d+,\})$/u

/**
 * Returns whether a character may be part of a match; any may if the pattern is not a text or a
 * repetition.
 */
function createMatchTest({ String: text, Regex: source }: Pattern): (character: string) => boolean {
  if (text !== undefined) return (character) => text.includes(character)
  const [, repeated] = repetition.exec(source ?? '') ?? []
  if (repeated === undefined) return () => true
  const expression = new RegExp(`^(?:${compilePattern({ Regex: repeated }).source})$`, 'u')
  return (character) => expression.test(character)
}
