import { TemplateSyntaxError, UnsupportedTemplateError } from '../errors.js'

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const escapePattern = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N(\{[^}]*\})?|(.)|$)/gs

/**
 * Reads the text between the quotes of a literal. Jinja writes characters outside ASCII as escapes
 * before it reads escapes, so that a backslash before such a character is an escaped backslash.
 */
export function unescapeLiteral(raw: string): string {
  return raw.replace(/[^\0-\x7f]/gu, writeEscape).replace(escapePattern, readEscape)
}

function writeEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

function readEscape(found: string, octal?: string, ...groups: (string | undefined)[]): string {
  const [byte, short, long, , letter] = groups
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
  const hex = byte ?? short ?? long
  if (hex !== undefined) return readCodePoint(Number.parseInt(hex, 16))
  if (found.startsWith('\\N'))
    throw new UnsupportedTemplateError(`the escape ${found} is not supported: write the character itself`)
  if (letter === undefined || letter === 'x' || letter === 'u' || letter === 'U')
    throw new TemplateSyntaxError(`the escape ${found} in a text is incomplete`)
  return simpleEscapes[letter] ?? found
}

function readCodePoint(code: number): string {
  if (code > 0x10ffff) throw new TemplateSyntaxError(`a text has an escape above U+10FFFF`)
  return String.fromCodePoint(code)
}

/** Reads a number as Python does: an integer of any size, or a float. */
export function readNumber(raw: string, isFloat: boolean): bigint | number {
  const digits = raw.replaceAll('_', '').toLowerCase()
  return isFloat ? Number(digits) : BigInt(/^0+$/.test(digits) ? '0' : digits)
}
