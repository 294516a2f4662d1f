import { TemplateError } from '../errors.js'
import { joinTexts } from '../limits.js'
import { costs, spend } from '../work.js'
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
  spend(costs.value)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return floatText(value)
  if (typeof value === 'bigint') return integerText(value)
  return value instanceof PythonObject ? representObject(value) : `[${joinItems(value)}]`
}

function representObject(value: PythonObject): string {
  if (value instanceof Markup) return `Markup(${quote(value.text)})`
  if (value instanceof Tuple) return `(${joinItems(value.items)}${value.items.length === 1 ? ',' : ''})`
  if (value instanceof Dict) return representDict(value)
  if (value instanceof Range) return representRange(value)
  if (value instanceof DictView) return `${value.typeName}([${joinItems(value.items())}])`
  if (value instanceof Namespace) return `<Namespace ${representDict(value.toDict())}>`
  return value.toRepresentation()
}

function representRange({ start, stop, step }: Range): string {
  const numbers = step === 1n ? [start, stop] : [start, stop, step]
  return `range(${numbers.map(integerText).join(', ')})`
}

function representDict(dict: Dict): string {
  const pairs = dict.entries()
  return `{${joinTexts(
    lazily(pairs, ([key, item]) => `${toRepresentation(key)}: ${toRepresentation(item)}`),
    ', ',
  )}}`
}

function joinItems(items: Iterable<Value>): string {
  return joinTexts(
    lazily(items, (item) => toRepresentation(item)),
    ', ',
  )
}

/** Changes items one after another, so that the join of long texts ends at the limit. */
function* lazily<T>(items: Iterable<T>, change: (item: T) => string): Generator<string> {
  for (const item of items) yield change(item)
}

const longest = 10n ** 4300n

/** Digits of an integer. @throws TemplateError as Python, if it has more than 4300 */
export function integerText(value: bigint): string {
  if (value >= longest || value <= -longest) throw new TemplateError('an integer has more than 4300 digits')
  const text = String(value)
  spend(text.length * costs.slowCharacter)
  return text
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Quotes text as Python: with single quotes, or with double quotes if that avoids an escape. */
export function quote(text: string): string {
  spend(text.length * costs.eachCharacter)
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
