import type { StartRule, TokenDecoder } from './token-decoder.js'
import type { Detokenizer } from './types.js'
import { createUtf8Stream } from './utf8-stream.js'

/**
 * Decodes ids one by one in constant time each.
 *
 * @param nameOf the token's name; null for an id that gives no text (unknown, or special and skipped).
 * @param isContinuation whether text stands before the first id, so that the rule for a text's start does not apply.
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
    isFirst = false
    const isByte = decoder.isByte(token)
    const ended = decoder.hasByteFallback && wasByte && !isByte ? utf8.flush() : ''
    wasByte = isByte
    return strip(ended + separator + utf8.push(decoder.bytes(token)))
  }

  return { push, finish: () => strip(utf8.flush()) }
}

/** Cuts up to `count` times `content` from the beginning of a text that comes in parts. */
function createStartStrip(rule: StartRule): (text: string) => string {
  let left = rule.kind === 'strip' ? rule.count : 0
  return (text) => {
    let rest = text
    while (left > 0 && rest !== '') {
      if (rule.kind !== 'strip' || !rest.startsWith(rule.content)) left = 0
      else {
        rest = rest.slice(rule.content.length)
        left--
      }
    }
    return rest
  }
}
