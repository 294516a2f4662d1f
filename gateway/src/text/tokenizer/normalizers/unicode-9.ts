/*
 * The Rust library decomposes characters, removes marks and finds punctuation by the tables of
 * Unicode 9 or older. Characters that came later are not changed and are no punctuation.
 */

import { type Form, orderMarks } from './order-marks.js'

const newerCharacters =
  '\\u32ff\\ua7f1-\\ua7f4\\uab69\\u{105c9}\\u{105e4}\\u{10781}-\\u{10785}\\u{10787}-\\u{107b0}\\u{107b2}-\\u{107ba}\\u{11383}' +
  '\\u{11385}\\u{1138e}\\u{11391}\\u{113c5}\\u{113c7}-\\u{113c8}\\u{11938}\\u{16121}-\\u{16128}\\u{16d68}-\\u{16d6a}' +
  '\\u{1ccd6}-\\u{1ccf9}\\u{1e030}-\\u{1e06d}\\u{1f16c}\\u{1fbf0}-\\u{1fbf9}'

const newerMarks =
  '\\u07fd\\u0897-\\u08d3\\u09fe\\u0afa-\\u0aff\\u0b55\\u0c04-\\u0c3c\\u0cf3-\\u0d00\\u0d3b-\\u0d3c\\u0d81\\u0eba\\u0ece\\u1715\\u180f' +
  '\\u1abf-\\u1aeb\\u1cf7\\u1df6-\\u1dfa\\ua82c\\ua8ff\\u{10d24}-\\u{10f85}\\u{11070}-\\u{11074}\\u{110c2}' +
  '\\u{11145}-\\u{11146}\\u{111c9}\\u{111ce}-\\u{111cf}\\u{11241}\\u{1133b}\\u{113b8}-\\u{113e2}\\u{1145e}\\u{1182c}-\\u{11b67}' +
  '\\u{11d31}-\\u{11f5a}\\u{13440}-\\u{13455}\\u{1611e}-\\u{1612f}\\u{16f4f}\\u{16f7f}-\\u{16f87}\\u{16fe4}-\\u{16ff1}' +
  '\\u{1cf00}-\\u{1cf46}\\u{1e08f}-\\u{1e6f5}'

const newerPunctuation =
  '\\u061d\\u09fd-\\u0a76\\u0c77-\\u0c84\\u1b4e-\\u1b4f\\u1b7d-\\u1b7f\\u2e43-\\u2e5d\\u{10d6e}-\\u{10f89}\\u{113d4}-\\u{1145d}' +
  '\\u{11660}-\\u{116b9}\\u{1183b}-\\u{11fff}\\u{12ff1}-\\u{12ff2}\\u{16d6d}-\\u{16fe2}\\u{1e5ff}-\\u{1e95f}'

/** Punctuation, with ASCII's symbols. Two characters were punctuation then. */
export const punctuation = new RegExp(`(?![${newerPunctuation}])\\p{P}|[!-/:-@[-\`{-~\\u166d\\u{111c9}]`, 'gu')

const newer = new RegExp(`[${newerCharacters}]`, 'u')
const runsOfOlder = new RegExp(`[^${newerCharacters}]+`, 'gu')
/** Two letters were marks then. */
const marks = new RegExp(`(?![${newerMarks}])\\p{M}|[\\u1cf2\\u1cf3]`, 'gu')
const nonspacingMarks = new RegExp(`(?![${newerMarks}])\\p{Mn}`, 'gu')

/** Converts to a normalization form. NFC composes no later characters, so it needs no table. */
export function toForm(text: string, form: Form): string {
  const convert = (run: string): string => orderMarks(run, form).normalize(form)
  return form === 'NFC' || !newer.test(text) ? convert(text) : text.replace(runsOfOlder, convert)
}

/** Removes marks, or only those without a width. */
export function removeMarks(text: string, kind: 'all' | 'nonspacing'): string {
  return text.replace(kind === 'all' ? marks : nonspacingMarks, '')
}
