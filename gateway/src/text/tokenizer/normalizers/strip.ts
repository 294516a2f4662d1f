import type { Component, Normalizer } from '../parts.js'
import { changeInParts } from './divisions.js'

const spacesAtStart = /^\p{White_Space}+/u
/** Without the look-behind, spaces inside a text take quadratic time. */
const spacesAtEnd = /(?<!\p{White_Space})\p{White_Space}+$/u

/** Creates the normalizer that removes white space at the ends of a text. */
export function createStrip(config: Component): Normalizer {
  const stripsRight = config.strip_right === true
  return changeInParts(function* (parts) {
    let isStart = config.strip_left === true
    let held: string[] = []
    for (const part of parts) {
      const text = isStart ? part.replace(spacesAtStart, '') : part
      isStart &&= text === ''
      const kept = stripsRight ? text.replace(spacesAtEnd, '') : text
      if (kept === '') {
        held.push(text)
        yield ''
      } else {
        yield held.join('') + kept
        held = [text.slice(kept.length)]
      }
    }
  })
}
