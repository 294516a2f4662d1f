import { TemplateError } from '../errors.js'
import { ItemCount, joinTexts } from '../limits.js'
import { DictView, Namespace, Range } from './collections.js'
import { Dict } from './dict.js'
import { floatText } from './float-text.js'
import { Markup, PythonObject, Tuple, Undefined, type Value } from './value.js'

/** Python's `str`: how a value is printed. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value
  if (value instanceof Markup) return value.text
  return value instanceof Undefined ? '' : toRepresentation(value)
}

/** Python's `repr`: how a value is printed inside of a list. */
export function toRepresentation(value: Value): string {
  return represent(value, new ItemCount())
}

function represent(value: Value, count: ItemCount): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return floatText(value)
  if (typeof value === 'bigint') return integerText(value)
  return value instanceof PythonObject ? representObject(value, count) : `[${joinItems(value, count)}]`
}

function representObject(value: PythonObject, count: ItemCount): string {
  if (value instanceof Markup) return `Markup(${quote(value.text)})`
  if (value instanceof Tuple) return `(${joinItems(value.items, count)}${value.items.length === 1 ? ',' : ''})`
  if (value instanceof Dict) return representDict(value, count)
  if (value instanceof Range) return `range(${value.start}, ${value.stop}${value.step === 1n ? '' : `, ${value.step}`})`
  if (value instanceof DictView) return `${value.typeName}([${joinItems(value.items(), count)}])`
  if (value instanceof Namespace) return `<Namespace ${representDict(value.toDict(), count)}>`
  return value.toRepresentation()
}

function representDict(dict: Dict, count: ItemCount): string {
  count.add(dict.size)
  const pairs = dict.entries()
  return `{${joinTexts(
    lazily(pairs, ([key, item]) => `${represent(key, count)}: ${represent(item, count)}`),
    ', ',
  )}}`
}

function joinItems(items: readonly Value[], count: ItemCount): string {
  count.add(items.length)
  return joinTexts(
    lazily(items, (item) => represent(item, count)),
    ', ',
  )
}

/** Changes items one after another, so that the join of long texts ends at the limit. */
function* lazily<T>(items: readonly T[], change: (item: T) => string): Generator<string> {
  for (const item of items) yield change(item)
}

/** Digits of an integer. Python refuses to print more than 4300. */
export function integerText(value: bigint): string {
  const text = String(value)
  if (text.length > 4300 && text.replace('-', '').length > 4300)
    throw new TemplateError('an integer has more than 4300 digits')
  return text
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Quotes text as Python: with single quotes, or with double quotes if that avoids an escape. */
export function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(/[\\\n\r\t]|(?! )[\p{C}\p{Z}]/gu, (unit) => escapes[unit] ?? escapeCharacter(unit))
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark
}

/** Writes a character as Python's shortest escape for it. */
export function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
