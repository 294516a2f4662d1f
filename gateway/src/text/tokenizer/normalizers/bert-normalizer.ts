import type { Component, Normalizer } from '../parts.js'
import { changeCharacters } from './divisions.js'
import { createForm } from './forms.js'
import { removeMarks } from './unicode-9.js'

/** Characters that `clean_text` removes: 0, U+FFFD and others that print nothing. */
const removed = /[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]/gu
const chinese =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu

/** Creates the normalizers that BERT's consists of, in the order of the Rust library. */
export function createBertNormalizers(config: Component): Normalizer[] {
  const lowers = config.lowercase === true
  const stripsAccents = config.strip_accents ?? lowers
  const normalizers: Normalizer[] = []
  if (config.clean_text === true) normalizers.push(changeCharacters(cleanText))
  if (config.handle_chinese_chars === true) normalizers.push(changeCharacters((text) => text.replace(chinese, ' $& ')))
  if (stripsAccents)
    normalizers.push(
      createForm('NFD'),
      changeCharacters((text) => removeMarks(text, 'nonspacing')),
    )
  if (lowers) normalizers.push(changeCharacters(lowerCase))
  return normalizers
}

function cleanText(text: string): string {
  return text.replace(removed, '').replace(/\p{White_Space}/gu, ' ')
}

/** Converts each character to lower case by itself: a sigma does not depend on its position. */
export function lowerCase(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase()
}
