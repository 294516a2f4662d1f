import { sliceOf } from '../access/sequence.js'
import { TemplateError } from '../errors.js'
import { joinTexts } from '../limits.js'
import { splitLines } from '../methods/split.js'
import { compute, concatenate } from '../operators/arithmetic.js'
import { spaces } from '../syntax/patterns.js'
import { Dict } from '../values/dict.js'
import { escapeHtml, escapeText } from '../values/html.js'
import { isTrue, iterate, lengthOf, numberOf } from '../values/operations.js'
import { toText } from '../values/represent.js'
import { isString, Markup, Tuple, textOf, typeName, Undefined, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { createGetter } from './attributes.js'
import { callTextMethod, type Filter, filter, type NamedFilter, toSoftText } from './filter.js'

const method = (name: string): NamedFilter =>
  filter(name, '', (input, _, runtime) => callTextMethod(input, name, [], runtime))
const escaped = (input: Value) => new Markup(escapeHtml(input))

/** The filters that make text. */
export const textFilters: readonly NamedFilter[] = [
  method('upper'),
  method('lower'),
  method('capitalize'),
  filter('title', '', (input) => titleOf(textOf(toSoftText(input)) ?? '')),
  filter('trim', 'chars=', (input, [characters = null], runtime) =>
    callTextMethod(input, 'strip', [characters], runtime),
  ),
  filter('center', 'width=', (input, [width = 80n], runtime) => callTextMethod(input, 'center', [width], runtime)),
  filter('string', '', toSoftText),
  filter('safe', '', (input) => new Markup(toText(input))),
  filter('e', '', escaped),
  filter('escape', '', escaped),
  filter('forceescape', '', (input) => new Markup(escapeText(toText(input)))),
  filter('replace', 'old new count=', (input, [old = null, replacement = null, count = null], runtime) =>
    callTextMethod(toText(input), 'replace', [toText(old), toText(replacement), count ?? -1n], runtime),
  ),
  filter('join', 'd= attribute=', (input, [separator = '', attribute = null], runtime) => {
    const get = createGetter(attribute, runtime)
    const texts = [...iterate(input)].map((item) => toText(get(item)))
    return callTextMethod(toText(separator), 'join', [texts], runtime)
  }),
  filter('indent', 'width= first= blank=', indent),
  filter('truncate', 'length= killwords= end= leeway=', truncate),
  filter('wordcount', '', (input) => countWords(textOf(toSoftText(input)) ?? '')),
  filter('urlencode', '', urlEncode),
  filter('xmlattr', 'autospace=', writeAttributes),
  filter('filesizeformat', 'binary=', (input, [isBinary], runtime) =>
    sizeText(
      numberOf(runtime.callFilter('float', input, { positional: [], keywords: new Map() })) ?? 0,
      isTrue(isBinary ?? false),
    ),
  ),
  ['format', formatFilter],
]

function formatFilter(input: Value, { positional, keywords }: Parameters<Filter>[1]): Value {
  if (positional.length > 0 && keywords.size > 0)
    throw new TemplateError('format cannot use positional and keyword arguments at the same time')
  return compute('%', toSoftText(input), keywords.size > 0 ? new Dict(keywords) : new Tuple(positional))
}

function countWords(text: string): bigint {
  spend(text.length * costs.slowCharacter)
  return BigInt(text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)
}

/** Between words: white space and some brackets. */
const titleBoundary = new RegExp(`([-({[<${spaces}]+)`)

function titleOf(text: string): string {
  spend(text.length * costs.slowCharacter)
  return text
    .split(titleBoundary)
    .map((word) => {
      const [first = '', ...rest] = word
      return first.toUpperCase() + rest.join('').toLowerCase()
    })
    .join('')
}

function indent(input: Value, [width = 4n, isFirst, isBlank]: readonly (Value | undefined)[]): Value {
  const text = textOf(input)
  if (input instanceof Undefined) throw input.toError()
  if (text === undefined) throw new TemplateError(`indent requires a string, found ${typeName(input)}`)
  const prefix = isString(width) ? (textOf(width) ?? '') : (textOf(compute('*', ' ', width)) ?? '')
  const [first = '', ...rest] = splitLines(`${text}\n`, false)
  spend(rest.length * prefix.length * costs.character)
  const indented = rest.map((line) => (line !== '' || isTrue(isBlank ?? false) ? prefix + line : line))
  const result = concatenate([isTrue(isFirst ?? false) ? prefix : '', joinTexts([first, ...indented], '\n')])
  return input instanceof Markup ? new Markup(result) : result
}

function truncate(
  input: Value,
  [length = 255n, killWords, end = '...', leeway = 5n]: readonly (Value | undefined)[],
): Value {
  const size = Number(numberOf(length) ?? 0)
  const room = size - lengthOf(end)
  if (room < 0) throw new TemplateError(`truncate expects a length of at least ${lengthOf(end)}`)
  if (lengthOf(input) <= size + Number(numberOf(leeway ?? 5n) ?? 0)) return input
  const start = sliceOf(input, [null, BigInt(room), null])
  const text = textOf(start)
  if (text === undefined) throw new TemplateError(`truncate requires a string, found ${typeName(input)}`)
  const space = text.lastIndexOf(' ')
  const kept = isTrue(killWords ?? false) || space < 0 ? text : text.slice(0, space)
  return compute('+', input instanceof Markup ? new Markup(kept) : kept, end)
}

/** Python's `quote`. */
function quoteUrl(value: Value, isQuery: boolean): string {
  const text = toText(value)
  spend(text.length * costs.slowCharacter)
  if (/\p{Cs}/u.test(text)) throw new TemplateError('a URL cannot contain half of a character')
  const quoted = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return isQuery ? quoted.replaceAll('%20', '+') : quoted.replaceAll('%2F', '/')
}

function urlEncode(input: Value): string {
  if (isString(input) || numberOf(input) !== undefined || input === null) return quoteUrl(input, false)
  const pairs = input instanceof Dict ? input.entries() : [...iterate(input)].map((pair) => [...iterate(pair)])
  return joinTexts(
    pairs.map(([key = null, value = null]) => `${quoteUrl(key, true)}=${quoteUrl(value, true)}`),
    '&',
  )
}

function writeAttributes(input: Value, [autospace = true]: readonly (Value | undefined)[]): string {
  if (!(input instanceof Dict)) throw new TemplateError(`xmlattr requires a mapping, found ${typeName(input)}`)
  const written = input.entries().flatMap(([key, value]) => {
    if (value === null || value instanceof Undefined) return []
    spend(toText(key).length * costs.character)
    if (/[\s/>=]/.test(toText(key))) throw new TemplateError(`an attribute cannot have the name ${toText(key)}`)
    return [`${escapeHtml(key)}="${escapeHtml(value)}"`]
  })
  return (isTrue(autospace) && written.length > 0 ? ' ' : '') + joinTexts(written, ' ')
}

function sizeText(value: bigint | number, isBinary: boolean): string {
  const size = Number(value)
  const base = isBinary ? 1024 : 1000
  if (size === 1) return '1 Byte'
  if (size < base) return `${Math.trunc(size)} Bytes`
  const prefixes = [...'kMGTPEZY']
  const found = prefixes.findIndex((_, index) => size < base ** (index + 2))
  const index = found < 0 ? prefixes.length - 1 : found
  const prefix = isBinary ? `${(prefixes[index] ?? '').toUpperCase()}i` : prefixes[index]
  return `${textOf(compute('%', '%.1f', (base * size) / base ** (index + 2)))} ${prefix}B`
}
