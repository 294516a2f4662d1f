import type { Normalizer } from '../parts.js'
import { changeBetween, findLast } from './divisions.js'
import type { Form } from './order-marks.js'
import { toForm } from './unicode-9.js'

/**
 * Characters that a normalization form may join with the one before: marks, letters that decompose
 * into a mark, vowels and final consonants of Hangul, vowels of Kirat Rai.
 */
const joined = /[\p{M}\u0e33\u0eb3\u1160-\u11ff\u3131-\u318e\uff9e-\uffdc\u{16d40}-\u{16d7f}]/u

/** Creates the normalizer of a normalization form. */
export function createForm(form: Form): Normalizer {
  return changeBetween(
    (part) => findLast(part, (character) => !joined.test(character)),
    (text) => toForm(text, form),
  )
}
