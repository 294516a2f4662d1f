import { capitalizeText, type EngineValue, pythonText, stripText } from './python-text.js'
import { PYTHON } from './template-rewrite.js'

/** A template asks for what Python has and this does not: no message can change that. */
export class TemplateFault extends Error {}

/** What a template's call gives a function: plain strings and numbers, lists and mappings of the engine's values, keywords last. */
type Arguments = readonly unknown[]

/** The functions that `rewriteForPython` calls, by name. */
export const pythonFunctions: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
  [PYTHON.strip]: (text, characters) => strip(text, characters, true, true),
  [PYTHON.lstrip]: (text, characters) => strip(text, characters, true, false),
  [PYTHON.rstrip]: (text, characters) => strip(text, characters, false, true),
  [PYTHON.capitalize]: (text) => capitalizeText(string(text, 'capitalize')),
  [PYTHON.text]: (list) => pythonText((list as [EngineValue])[0]),
  [PYTHON.length]: lengthOf,
  [PYTHON.at]: (text, index) => [...string(text, 'indexing')].at(Number(index)) ?? '',
  [PYTHON.find]: (text, part, ...rest) => {
    assertNone(rest, 'find')
    const index = string(text, 'find').indexOf(string(part, 'find'))
    return index < 0 ? -1 : [...string(text, 'find').slice(0, index)].length
  },
  [PYTHON.count]: (text, part, ...rest) => {
    assertNone(rest, 'count')
    const searched = string(text, 'count')
    return part === '' ? [...searched].length + 1 : searched.split(string(part, 'count')).length - 1
  },
  [PYTHON.isDigit]: (text) => /^[\p{Nd}²³¹⁰⁴-⁹₀-₉]+$/u.test(string(text, 'isdigit')),
  [PYTHON.splitLines]: splitLines,
  [PYTHON.escape]: (text) => string(text, 'escape').replace(/[&<>'"]/g, (mark) => ENTITIES[mark] ?? mark),
  [PYTHON.format]: format,
  [PYTHON.join]: join,
  [PYTHON.map]: mapText,
}

function string(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Error(`${name} needs a string, not ${String(value)}`)
  return value
}

function assertNone(rest: Arguments, name: string): void {
  if (rest.length > 0) throw new TemplateFault(`${name}() is not supported with more than one argument`)
}

function strip(text: unknown, characters: unknown, left: boolean, right: boolean): string {
  return stripText(string(text, 'strip'), { left, right }, typeof characters === 'string' ? characters : undefined)
}

/** In characters, where JavaScript counts UTF-16 units; what is not defined has none. */
function lengthOf(value: unknown): number {
  if (value === undefined) return 0
  if (typeof value === 'string') return [...value].length
  if (Array.isArray(value)) return value.length
  if (value instanceof Map) return value.size
  throw new Error(`${String(value)} has no length`)
}

function splitLines(text: unknown, keepEnds?: unknown): string[] {
  const lines = string(text, 'splitlines').match(LINES) ?? []
  const keeps = keepEnds instanceof Map ? (keepEnds.get('keepends') as EngineValue | undefined)?.value : keepEnds
  return keeps === true ? lines : lines.map((line) => line.replace(LINE_END, ''))
}

/** What ends a line for Python. */
const BREAKS = '\\n\\v\\f\\r\\x1c-\\x1e\\x85\\u2028\\u2029'
const LINE_END = new RegExp(`(?:\\r\\n|[${BREAKS}])$`)
const LINES = new RegExp(`[^${BREAKS}]*(?:\\r\\n|[${BREAKS}])|[^${BREAKS}]+`, 'g')

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
}

/** `str.format` with {} and {0} and {name}; what stands behind a colon or a dot there is not supported. */
function format(text: unknown, positional: unknown, keywords: unknown): string {
  const values = positional as EngineValue[]
  const named = keywords instanceof Map ? (keywords as Map<string, EngineValue>) : new Map<string, EngineValue>()
  let next = 0
  return string(text, 'format').replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (found, field?: string) => {
    if (found === '{{' || found === '}}') return found.charAt(0)
    const value = /^\d*$/.test(field ?? '-') ? values[field === '' ? next++ : Number(field)] : named.get(field ?? '')
    if (value === undefined) throw new TemplateFault(`format() has nothing for ${found}, or does not support it`)
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
  throw new Error(`${String(items)} is no list`)
}

/** `a.b` of a mapping, as Jinja's `attribute=` reads it. */
function read(item: EngineValue, attribute: unknown): EngineValue {
  if (attribute === undefined || attribute === null) return item
  const step = ({ type, value }: EngineValue, name: string): EngineValue => {
    if (type === UNDEFINED.type) throw new Error(`there is no ${name} in what is not defined`)
    return (value instanceof Map ? (value as Map<string, EngineValue>).get(name) : undefined) ?? UNDEFINED
  }
  return String(attribute).split('.').reduce(step, item)
}

const UNDEFINED: EngineValue = { type: 'UndefinedValue', value: undefined }

function splitKeywords(args: Arguments) {
  const last = args.at(-1)
  if (last instanceof Map) return { positional: args.slice(0, -1), keywords: last as ReadonlyMap<string, EngineValue> }
  return { positional: args, keywords: new Map<string, EngineValue>() }
}

/** `map('trim')`: filters of one string. */
function mapText(items: unknown, name: unknown, ...rest: unknown[]): string[] {
  const change = TEXT_FILTERS[String(name)]
  if (change === undefined || rest.length > 0) throw new TemplateFault(`map(${String(name)}) is not supported`)
  return listOf(items).map((item) => change(String(name) === 'string' ? pythonText(item) : string(item.value, 'map')))
}

const TEXT_FILTERS: Readonly<Record<string, (text: string) => string>> = {
  trim: (text) => strip(text, undefined, true, true),
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  capitalize: capitalizeText,
  string: (text) => text,
}
