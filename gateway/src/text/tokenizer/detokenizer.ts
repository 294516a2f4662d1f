import type { StartRule, TokenDecoder } from './token-decoder.js'
import { createUtf8Stream } from './utf8-stream.js'

/** Converts ids to text one by one. It holds back at most three bytes. */
export interface Detokenizer {
  /** Adds an id and returns the new text, which may be empty. It never ends inside a character. */
  push(id: number): string
  /** Returns the remaining text. An unfinished character becomes U+FFFD. */
  finish(): string
}

/**
 * Creates a detokenizer that takes constant time per id.
 *
 * @param nameOf the token's name; null for an id without text (unknown, or special and skipped)
 * @param isContinuation whether text precedes the first id, so that the rule for the start of a
 *   text does not apply
 */
export function createTokenDetokenizer(
  decoder: TokenDecoder,
  nameOf: (id: number) => string | null,
  isContinuation: boolean,
): Detokenizer {
  const utf8 = createUtf8Stream(decoder.hasByteFallback)
  const strip = createStartStrip(isContinuation ? { kind: 'none' } : decoder.start)
  let isFirst = !isContinuation
  let wasByte = false

  const push = (id: number): string => {
    const name = nameOf(id)
    if (name === null) return ''
    const separator = isFirst ? '' : decoder.separator
    const token = isFirst && decoder.start.kind === 'first-token' ? name.replaceAll(decoder.start.content, '') : name
    const bytes = isFirst && decoder.start.kind === 'first-word' ? Buffer.from(name, 'utf8') : decoder.bytes(token)
    isFirst = false
    const isByte = decoder.isByte(token)
    const ended = decoder.hasByteFallback && wasByte && !isByte ? utf8.flush() : ''
    wasByte = isByte
    return strip(ended + separator + utf8.push(bytes))
  }

  return { push, finish: () => strip(utf8.flush()) }
}

/** Removes `content` up to `count` times from the beginning of a text that arrives in parts. */
function createStartStrip(rule: StartRule): (text: string) => string {
  let count = rule.kind === 'strip' ? rule.count : 0
  return (text) => {
    let rest = text
    while (count > 0 && rest !== '') {
      if (rule.kind !== 'strip' || !rest.startsWith(rule.content)) count = 0
      else {
        rest = rest.slice(rule.content.length)
        count--
      }
    }
    return rest
  }
}
