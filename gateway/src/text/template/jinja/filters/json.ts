import { TemplateError } from '../errors.js'
import { assertTextLength, joinTexts } from '../limits.js'
import { Dict } from '../values/dict.js'
import { floatText } from '../values/float-text.js'
import { compare, isTrue, numberOf } from '../values/operations.js'
import { integerText } from '../values/represent.js'
import { isList, Tuple, textOf, typeName, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { filter, type NamedFilter } from './filter.js'

interface Style {
  readonly isAscii: boolean
  readonly indent: string | null
  readonly itemSeparator: string
  readonly keySeparator: string
  readonly isSorted: boolean
}

/** `tojson` of transformers: Python's `json.dumps`, which leaves characters outside ASCII. */
export const jsonFilter: NamedFilter = filter(
  'tojson',
  'ensure_ascii= indent= separators= sort_keys=',
  (input, [isAscii = false, indent = null, separators = null, isSorted = false]) => {
    const [item, key] = separatorsOf(separators, indent !== null)
    const style = {
      isAscii: isTrue(isAscii),
      indent: indentOf(indent),
      itemSeparator: item,
      keySeparator: key,
      isSorted: isTrue(isSorted),
    }
    const text = write(input, style, '\n')
    assertTextLength(text.length)
    return text
  },
)

function separatorsOf(value: Value, isIndented: boolean): [string, string] {
  if (value === null) return [isIndented ? ',' : ', ', ': ']
  const items = value instanceof Tuple ? value.items : isList(value) ? value : []
  const [item, key] = items.map(textOf)
  if (items.length !== 2 || item === undefined || key === undefined)
    throw new TemplateError('the separators of tojson must be two strings')
  return [item, key]
}

function indentOf(value: Value): string | null {
  if (value === null) return null
  const number = numberOf(value)
  if (typeof number === 'bigint') {
    assertTextLength(Number(number))
    return ' '.repeat(Math.max(0, Number(number)))
  }
  const text = textOf(value)
  if (text === undefined) throw new TemplateError('the indent of tojson must be an integer or a string')
  return text
}

/** @param line a line feed and the indentation of the value */
function write(value: Value, style: Style, line: string): string {
  spend(costs.value + line.length * costs.character)
  const text = textOf(value)
  if (text !== undefined) return writeText(text, style)
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return integerText(value)
  if (typeof value === 'number') return writeFloat(value)
  const items = value instanceof Tuple ? value.items : isList(value) ? value : null
  const inner = line + (style.indent ?? '')
  if (items !== null) return wrap('[', ']', writeItems(items, style, inner), style, line)
  if (value instanceof Dict) return wrap('{', '}', writeEntries(value, style, inner), style, line)
  throw new TemplateError(`Object of type ${typeName(value)} is not JSON serializable`)
}

function* writeItems(items: readonly Value[], style: Style, line: string): Generator<string> {
  for (const item of items) yield write(item, style, line)
}

function* writeEntries(dict: Dict, style: Style, line: string): Generator<string> {
  const entries = dict.entries()
  if (style.isSorted) entries.sort(([a], [b]) => compare(a, b, '<'))
  for (const [key, value] of entries)
    yield writeText(keyText(key), style) + style.keySeparator + write(value, style, line)
}

function keyText(key: Value): string {
  const text = textOf(key)
  if (text !== undefined) return text
  if (key === null) return 'null'
  if (typeof key === 'boolean') return String(key)
  if (typeof key === 'bigint') return integerText(key)
  if (typeof key === 'number') return writeFloat(key)
  throw new TemplateError(`keys must be str, int, float, bool or None, not ${typeName(key)}`)
}

function wrap(open: string, close: string, parts: Iterable<string>, style: Style, line: string): string {
  const inner = style.indent === null ? '' : line + style.indent
  const text = joinTexts(parts, style.itemSeparator + inner)
  if (text === '') return open + close
  return open + inner + text + (style.indent === null ? '' : line) + close
}

function writeFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  return floatText(value)
}

const shortEscapes: Readonly<Record<string, string>> = {
  ...{ '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' },
}

/** Characters that JSON escapes, and those outside ASCII. Python leaves U+007F as it is. */
const special = /["\\\p{Cc}]/gu
const specialOrForeign = /["\\]|[^ -~]/g

function writeText(text: string, { isAscii }: Style): string {
  spend(costs.value + text.length * costs.eachCharacter)
  const escapeUnit = (unit: string) => {
    const code = unit.charCodeAt(0)
    if (code >= 0x7f && (!isAscii || code === 0x7f)) return unit
    return shortEscapes[unit] ?? `\\u${code.toString(16).padStart(4, '0')}`
  }
  return `"${text.replace(isAscii ? specialOrForeign : special, escapeUnit)}"`
}
