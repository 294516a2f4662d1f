import { TemplateError } from '../errors.js'
import { assertFormatSize } from '../limits.js'
import { floatText } from '../values/float-text.js'
import { numberOf, toFloat } from '../values/operations.js'
import { toText } from '../values/represent.js'
import { charactersOf } from '../values/text.js'
import { textOf, typeName, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { formatFloat, formatInteger, isNegative } from './number.js'

const pattern = /^(?:(.)?([<>=^]))?([-+ ]?)(z?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([a-zA-Z%]?)$/su

interface Spec {
  readonly fill: string
  readonly align: string
  readonly sign: string
  readonly isAlternate: boolean
  readonly width: number
  readonly grouping: string
  readonly precision: number | null
  readonly letter: string
}

/** Python's `format(value, spec)`. @throws TemplateError */
export function formatWithSpec(value: Value, source: string): string {
  const text = textOf(value)
  if (source === '') return toText(value)
  const number = numberOf(value)
  if (text === undefined && number === undefined)
    throw new TemplateError(`unsupported format string passed to ${typeName(value)}.__format__`)
  const spec = parseSpec(source, number !== undefined)
  if (text !== undefined) return formatText(text, spec)
  return typeof number === 'bigint' ? formatWhole(number, spec) : formatReal(number ?? 0, spec)
}

function parseSpec(source: string, isNumber: boolean): Spec {
  const found = pattern.exec(source)
  if (found === null) throw new TemplateError(`invalid format specifier '${source}'`)
  const [, fill, align, sign = '', zero = '', alternate, zeros, width = '', grouping = '', precision, letter = ''] =
    found
  if (zero !== '') throw new TemplateError(`invalid format specifier '${source}': z is not supported`)
  const isZeroFilled = zeros !== ''
  const spec = {
    fill: fill ?? (isZeroFilled ? '0' : ' '),
    align: align ?? (isZeroFilled && isNumber ? '=' : isNumber ? '>' : '<'),
    ...{ sign, isAlternate: alternate !== '', grouping, letter },
    width: Number(width || 0),
    precision: precision === undefined ? null : Number(precision),
  }
  const size = Math.max(spec.width, spec.precision ?? 0)
  assertFormatSize(size)
  spend((size + source.length) * costs.item)
  return spec
}

function formatText(text: string, spec: Spec): string {
  if (spec.letter !== '' && spec.letter !== 's') fail(spec, 'str')
  if (spec.sign !== '' || spec.isAlternate || spec.grouping !== '' || spec.align === '=') fail(spec, 'str')
  const cut = spec.precision === null ? text : charactersOf(text).slice(0, spec.precision).join('')
  return pad('', cut, spec)
}

function fail({ letter }: Spec, type: string): never {
  throw new TemplateError(`this format ('${letter}') is not allowed for an object of type '${type}'`)
}

function formatWhole(value: bigint, spec: Spec): string {
  if ('eEfFgG%'.includes(spec.letter) && spec.letter !== '') return formatReal(toFloat(value), spec)
  if (!['', 'd', 'n', 'b', 'o', 'x', 'X', 'c'].includes(spec.letter) || spec.precision !== null) fail(spec, 'int')
  if (spec.letter === 'c') return formatCharacter(value, spec)
  if (spec.grouping === ',' && !['', 'd'].includes(spec.letter)) fail(spec, 'int')
  if (spec.grouping !== '' && spec.letter === 'n') fail(spec, 'int')
  const { prefix, digits } = formatInteger(value, spec.letter, spec.isAlternate)
  const size = 'boxX'.includes(spec.letter) && spec.letter !== '' ? 4 : 3
  return padNumber(signFor(value, spec) + prefix, digits, '', spec, size)
}

function formatCharacter(value: bigint, spec: Spec): string {
  if (spec.sign !== '' || spec.isAlternate || spec.grouping !== '' || value < 0n || value > 0x10ffffn) fail(spec, 'int')
  return pad('', String.fromCodePoint(Number(value)), spec)
}

function formatReal(value: number, spec: Spec): string {
  if (!['', 'e', 'E', 'f', 'F', 'g', 'G', 'n', '%'].includes(spec.letter)) fail(spec, 'float')
  if (spec.grouping !== '' && spec.letter === 'n') fail(spec, 'float')
  const text = realText(spec.letter === '%' ? Math.abs(value) * 100 : Math.abs(value), spec)
  const [, whole = '', rest = ''] = /^(\d*)(.*)$/s.exec(text) ?? []
  return padNumber(signFor(value, spec), whole, rest + (spec.letter === '%' ? '%' : ''), spec, 3)
}

function realText(value: number, { letter, precision, isAlternate }: Spec): string {
  if (letter === '' && precision === null) return isAlternate ? addPoint(floatText(value)) : floatText(value)
  const kind = letter === '' || letter === 'n' ? 'g' : letter === '%' ? 'f' : letter
  return formatFloat(value, { letter: kind, precision: precision ?? 6, isAlternate, hasPoint: letter === '' })
}

function addPoint(text: string): string {
  return text.includes('.') ? text : text.replace('e', '.e')
}

function signFor(value: bigint | number, { sign }: Spec): string {
  if (isNegative(value)) return '-'
  return sign === '-' ? '' : sign
}

/** Inserts separators into the digits. Zeros that fill the width get separators too. */
function padNumber(sign: string, digits: string, rest: string, spec: Spec, size: number): string {
  const group = (text: string) => (spec.grouping === '' ? text : groupDigits(text, size).join(spec.grouping))
  if (spec.fill !== '0' || spec.align !== '=') return pad(sign, group(digits) + rest, spec)
  return sign + group(digits.padStart(countDigits(spec, size, spec.width - sign.length - rest.length), '0')) + rest
}

/** The number of digits that fills a width, with the separators between them. */
function countDigits({ grouping }: Spec, size: number, width: number): number {
  if (grouping === '') return width
  const groups = Math.floor(width / (size + 1))
  const rest = width - groups * (size + 1)
  // A separator is not the first character, so a full width has one digit more.
  return groups * size + Math.max(rest, 1)
}

/** Splits digits into groups of a size; the first may be smaller. */
function groupDigits(digits: string, size: number): string[] {
  const first = digits.length % size
  const groups = digits.slice(first).match(new RegExp(`.{${size}}`, 'g')) ?? []
  return first === 0 ? groups : [digits.slice(0, first), ...groups]
}

function pad(sign: string, body: string, { fill, align, width }: Spec): string {
  const missing = Math.max(0, width - charactersOf(sign + body).length)
  if (align === '=') return sign + fill.repeat(missing) + body
  const left = align === '>' ? missing : align === '^' ? Math.floor(missing / 2) : 0
  return fill.repeat(left) + sign + body + fill.repeat(missing - left)
}
