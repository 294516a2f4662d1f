import { stripText } from '../../python-text.js'
import { TemplateError } from '../errors.js'
import { costs, spend } from '../work.js'

const zeros = [...'0٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠၀႐០᠐']

/** Removes white space, and replaces decimal digits of other scripts by ASCII digits. */
function toAsciiDigits(source: string): string {
  spend(2 * source.length * costs.eachCharacter)
  return stripText(source, { left: true, right: true }).replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    spend(costs.slowCharacter * 4)
    const code = digit.codePointAt(0) ?? 0
    const zero = zeros.find((each) => code >= each.charCodeAt(0) && code < each.charCodeAt(0) + 10)
    if (zero === undefined) throw new TemplateError('digits of this script are not supported')
    return String(code - zero.charCodeAt(0))
  })
}

const prefixes: Readonly<Record<number, RegExp>> = { 2: /^0b_?/i, 8: /^0o_?/i, 16: /^0x_?/i }

/** Python's `int(text, base)`; null if the text is no integer. */
export function parseInteger(source: string, base: number): bigint | null {
  const text = toAsciiDigits(source).toLowerCase()
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

/** Digits that are exact as a number in all bases. */
const chunk = 10

function readDigits(digits: string, radix: number): bigint | null {
  if (digits.length > 4300) throw new TemplateError('an integer has more than 4300 digits')
  spend(digits.length * costs.slowCharacter)
  let value = 0n
  for (let start = 0; start < digits.length; start += chunk) {
    const part = digits.slice(start, start + chunk)
    for (const digit of part) if (Number.parseInt(digit, 36) >= radix) return null
    value = value * BigInt(radix) ** BigInt(part.length) + BigInt(Number.parseInt(part, radix))
  }
  return value
}

/** Python's `float(text)`; null if the text is no number. */
export function parseFloatText(source: string): number | null {
  const text = toAsciiDigits(source).toLowerCase()
  const special = /^([+-]?)(?:(inf|infinity)|nan)$/.exec(text)
  if (special !== null) return special[2] === undefined ? Number.NaN : special[1] === '-' ? -Infinity : Infinity
  const digits = '\\d+(?:_\\d+)*'
  const pattern = new RegExp(`^[+-]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:e[+-]?${digits})?$`)
  return pattern.test(text) ? Number(text.replaceAll('_', '')) : null
}
