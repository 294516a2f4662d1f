import { stripText } from '../../python-text.js'
import { TemplateError } from '../errors.js'

const zeros = [...'0٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠၀႐០᠐']

/** Replaces decimal digits of other scripts by ASCII digits. */
function toAsciiDigits(text: string): string {
  return text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0
    const zero = zeros.find((each) => code >= each.charCodeAt(0) && code < each.charCodeAt(0) + 10)
    if (zero === undefined) throw new TemplateError('digits of this script are not supported')
    return String(code - zero.charCodeAt(0))
  })
}

const prefixes: Readonly<Record<number, RegExp>> = { 2: /^0b_?/i, 8: /^0o_?/i, 16: /^0x_?/i }

/** Python's `int(text, base)`; null if the text is no integer. */
export function parseInteger(source: string, base: number): bigint | null {
  const text = toAsciiDigits(stripText(source, { left: true, right: true })).toLowerCase()
  const isNegative = text.startsWith('-')
  let digits = text.replace(/^[+-]/, '')
  let radix = base
  if (base === 0) {
    radix = [2, 8, 16].find((each) => prefixes[each]?.test(digits)) ?? 10
    if (radix === 10 && /^0[0_]*[1-9]/.test(digits)) return null
  }
  digits = digits.replace(prefixes[radix] ?? /^$/, '')
  if (!/^[0-9a-z]+(?:_[0-9a-z]+)*$/.test(digits)) return null
  const value = readDigits(digits.replaceAll('_', ''), radix)
  return value === null || !isNegative ? value : -value
}

function readDigits(digits: string, radix: number): bigint | null {
  if (digits.length > 4300) throw new TemplateError('an integer has more than 4300 digits')
  let value = 0n
  for (const digit of digits) {
    const number = Number.parseInt(digit, 36)
    if (number >= radix) return null
    value = value * BigInt(radix) + BigInt(number)
  }
  return value
}

/** Python's `float(text)`; null if the text is no number. */
export function parseFloatText(source: string): number | null {
  const text = toAsciiDigits(stripText(source, { left: true, right: true })).toLowerCase()
  const special = /^([+-]?)(?:(inf|infinity)|nan)$/.exec(text)
  if (special !== null) return special[2] === undefined ? Number.NaN : special[1] === '-' ? -Infinity : Infinity
  const digits = '\\d+(?:_\\d+)*'
  const pattern = new RegExp(`^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:e[+-]?${digits})?$`)
  return pattern.test(text) ? Number(text.replaceAll('_', '')) : null
}
