import type { Component, PreTokenizer } from '../parts.js'
import { findParts, readBehavior } from './split.js'

/** Creates SentencePiece's pre-tokenizer: spaces become marks, and a mark may begin the text. */
export function createMetaspace(config: Component): PreTokenizer {
  const mark = String(config.replacement ?? '▁')
  const scheme = config.add_prefix_space === false ? 'never' : String(config.prepend_scheme ?? 'always')
  const splits = config.split !== false
  const marks = new RegExp(`\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`, 'gu')
  const mergeWithNext = readBehavior('MergedWithNext')
  return (text, first) => {
    const marked = text.replaceAll(' ', mark)
    const prepends = scheme === 'always' || (scheme === 'first' && first)
    const whole = prepends && !marked.startsWith(mark) ? mark + marked : marked
    return splits ? mergeWithNext(findParts(whole, marks)) : [whole]
  }
}
