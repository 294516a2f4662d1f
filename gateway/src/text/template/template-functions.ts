import { capitalizeText, type EngineValue, pythonText, stripText } from './python-text.js'
import { pythonNames } from './template-rewrite.js'

/** An error for a Python feature that is not supported here. It does not depend on the messages. */
export class UnsupportedTemplateError extends Error {}

/**
 * Arguments of a call in a template: plain strings and numbers, lists and mappings of engine
 * values, keywords last.
 */
type Arguments = readonly unknown[]

/** The functions that rewritten templates call, by name. */
export const pythonFunctions: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
  [pythonNames.strip]: (text, characters) => strip(text, characters, true, true),
  [pythonNames.lstrip]: (text, characters) => strip(text, characters, true, false),
  [pythonNames.rstrip]: (text, characters) => strip(text, characters, false, true),
  [pythonNames.capitalize]: (text) => capitalizeText(string(text, 'capitalize')),
  [pythonNames.text]: (list) => pythonText((list as [EngineValue])[0]),
  [pythonNames.length]: lengthOf,
  [pythonNames.at]: (text, index) => [...string(text, 'indexing')].at(Number(index)) ?? '',
  [pythonNames.find]: (text, part, ...rest) => {
    assertNone(rest, 'find')
    const index = string(text, 'find').indexOf(string(part, 'find'))
    return index < 0 ? -1 : [...string(text, 'find').slice(0, index)].length
  },
  [pythonNames.count]: (text, part, ...rest) => {
    assertNone(rest, 'count')
    const searched = string(text, 'count')
    return part === '' ? [...searched].length + 1 : searched.split(string(part, 'count')).length - 1
  },
  [pythonNames.isDigit]: (text) => /^[\p{Nd}²³¹⁰⁴-⁹₀-₉]+$/u.test(string(text, 'isdigit')),
  [pythonNames.splitLines]: splitLines,
  [pythonNames.escape]: (text) => string(text, 'escape').replace(/[&<>'"]/g, (mark) => entities[mark] ?? mark),
  [pythonNames.format]: format,
  [pythonNames.join]: join,
  [pythonNames.map]: mapText,
}

function string(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Error(`${name} requires a string, found ${String(value)}`)
  return value
}

function assertNone(rest: Arguments, name: string): void {
  if (rest.length > 0) throw new UnsupportedTemplateError(`${name}() is not supported with more than one argument`)
}

function strip(text: unknown, characters: unknown, left: boolean, right: boolean): string {
  return stripText(string(text, 'strip'), { left, right }, typeof characters === 'string' ? characters : undefined)
}

/** Counts characters, not UTF-16 units as JavaScript does. An undefined value has length 0. */
function lengthOf(value: unknown): number {
  if (value === undefined) return 0
  if (typeof value === 'string') return [...value].length
  if (Array.isArray(value)) return value.length
  if (value instanceof Map) return value.size
  throw new Error(`${String(value)} has no length`)
}

function splitLines(text: unknown, keepEnds?: unknown): string[] {
  const lines = string(text, 'splitlines').match(linePattern) ?? []
  const keeps = keepEnds instanceof Map ? (keepEnds.get('keepends') as EngineValue | undefined)?.value : keepEnds
  return keeps === true ? lines : lines.map((line) => line.replace(lineEndPattern, ''))
}

/** Line breaks in Python. */
const lineBreaks = '\\n\\v\\f\\r\\x1c-\\x1e\\x85\\u2028\\u2029'
const lineEndPattern = new RegExp(`(?:\\r\\n|[${lineBreaks}])$`)
const linePattern = new RegExp(`[^${lineBreaks}]*(?:\\r\\n|[${lineBreaks}])|[^${lineBreaks}]+`, 'g')

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
}

/**
 * `str.format` with {}, {0} and {name}. Format specifications (:) and attributes (.) are not
 * supported.
 */
function format(text: unknown, positional: unknown, keywords: unknown): string {
  const values = positional as EngineValue[]
  const named = keywords instanceof Map ? (keywords as Map<string, EngineValue>) : new Map<string, EngineValue>()
  let next = 0
  return string(text, 'format').replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (found, field?: string) => {
    if (found === '{{' || found === '}}') return found.charAt(0)
    const value = /^\d*$/.test(field ?? '-') ? values[field === '' ? next++ : Number(field)] : named.get(field ?? '')
    if (value === undefined)
      throw new UnsupportedTemplateError(`format() has no value for ${found}, or does not support it`)
    return pythonText(value)
  })
}

function join(items: unknown, ...rest: unknown[]): string {
  const { positional, keywords } = splitKeywords(rest)
  const separator = positional[0] ?? keywords.get('d')?.value ?? ''
  const attribute = positional[1] ?? keywords.get('attribute')?.value
  const texts = typeof items === 'string' ? [...items] : listOf(items).map((item) => pythonText(read(item, attribute)))
  return texts.join(string(separator, 'join'))
}

function listOf(items: unknown): readonly EngineValue[] {
  if (items === undefined) return []
  if (Array.isArray(items)) return items as EngineValue[]
  if (items instanceof Map) return [...items.keys()].map((key) => ({ type: 'StringValue', value: key }))
  throw new Error(`${String(items)} is not a list`)
}

/** Reads `a.b` from a mapping, like Jinja's `attribute=`. */
function read(item: EngineValue, attribute: unknown): EngineValue {
  if (attribute === undefined || attribute === null) return item
  const step = ({ type, value }: EngineValue, name: string): EngineValue => {
    if (type === undefinedValue.type) throw new Error(`cannot read ${name} of an undefined value`)
    return (value instanceof Map ? (value as Map<string, EngineValue>).get(name) : undefined) ?? undefinedValue
  }
  return String(attribute).split('.').reduce(step, item)
}

const undefinedValue: EngineValue = { type: 'UndefinedValue', value: undefined }

function splitKeywords(args: Arguments) {
  const last = args.at(-1)
  if (last instanceof Map) return { positional: args.slice(0, -1), keywords: last as ReadonlyMap<string, EngineValue> }
  return { positional: args, keywords: new Map<string, EngineValue>() }
}

/** `map('trim')`: applies a filter of strings to each item. */
function mapText(items: unknown, name: unknown, ...rest: unknown[]): string[] {
  const change = textFilters[String(name)]
  if (change === undefined || rest.length > 0)
    throw new UnsupportedTemplateError(`map(${String(name)}) is not supported`)
  return listOf(items).map((item) => change(String(name) === 'string' ? pythonText(item) : string(item.value, 'map')))
}

const textFilters: Readonly<Record<string, (text: string) => string>> = {
  trim: (text) => strip(text, undefined, true, true),
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  capitalize: capitalizeText,
  string: (text) => text,
}
