import { TemplateError } from '../errors.js'
import { costs, spend, spendText } from '../work.js'
import { DictView, Namespace, Range } from './collections.js'
import { Dict } from './dict.js'
import { indexOfText } from './search-text.js'
import { charactersOf, compareTexts, lengthOfText } from './text.js'
import { Generator, isList, isString, PythonObject, Tuple, textOf, typeName, Undefined, type Value } from './value.js'

/** Python's `bool`. */
export function isTrue(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === 0n || value === '') return false
  if (value instanceof PythonObject) return value.isTrue()
  return !(isList(value) && value.length === 0)
}

/** Python's `len`. @throws TemplateError if the value has no length */
export function lengthOf(value: Value): number {
  const text = textOf(value)
  if (text !== undefined) return lengthOfText(text)
  if (isList(value)) return value.length
  if (value instanceof Tuple) return value.items.length
  if (value instanceof Dict) return value.size
  if (value instanceof Range) return value.length
  if (value instanceof DictView) return value.dict.size
  if (value instanceof Undefined) return 0
  throw new TemplateError(`object of type '${typeName(value)}' has no len()`)
}

/** Python's `iter`. @throws TemplateError if the value cannot be iterated */
export function iterate(value: Value): Iterable<Value> {
  const text = textOf(value)
  if (text !== undefined) return charactersOf(text)
  if (isList(value)) return readItems(value)
  if (value instanceof Tuple) return readItems(value.items)
  if (value instanceof Dict) return value.keys()
  if (value instanceof Range || value instanceof DictView) return value.items()
  if (value instanceof Generator) return value.iterate()
  if (value instanceof Undefined) return []
  throw new TemplateError(`'${typeName(value)}' object is not iterable`)
}

/** Whether `iterate` accepts a value. */
export function isIterable(value: Value): boolean {
  return (
    isString(value) ||
    isList(value) ||
    [Tuple, Dict, Range, DictView, Generator, Undefined].some((type) => value instanceof type)
  )
}

function readItems(items: readonly Value[]): readonly Value[] {
  spend(items.length * costs.item)
  return items
}

/** A number with booleans as 0 and 1; undefined for other values. */
export function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined
}

/** Converts an integer to the nearest float. @throws TemplateError if it is too large */
export function toFloat(value: bigint | number): number {
  const float = Number(value)
  if (typeof value === 'bigint' && !Number.isFinite(float)) throw new TemplateError('int too large to convert to float')
  return float
}

/** Python's `==`. */
export function equals(left: Value, right: Value): boolean {
  spend(costs.value)
  const [leftNumber, rightNumber] = [numberOf(left), numberOf(right)]
  if (leftNumber !== undefined && rightNumber !== undefined) return equalNumbers(leftNumber, rightNumber)
  const text = textOf(left)
  if (text !== undefined) return equalTexts(text, textOf(right))
  if (isList(left)) return isList(right) && equalItems(left, right)
  if (left instanceof Tuple) return right instanceof Tuple && equalItems(left.items, right.items)
  if (left instanceof Dict) return right instanceof Dict && equalDicts(left, right)
  if (left instanceof Undefined) return right instanceof Undefined
  if (left instanceof Range) return right instanceof Range && equalRanges(left, right)
  if (left instanceof DictView) return right instanceof DictView && equalViews(left, right)
  if (left instanceof Namespace) return left === right
  return left === right
}

function equalTexts(left: string, right: string | undefined): boolean {
  if (left.length !== right?.length) return false
  spendText(left)
  return left === right
}

function equalRanges(left: Range, right: Range): boolean {
  if (left.length !== right.length) return false
  if (left.length === 0) return true
  return left.start === right.start && (left.length === 1 || left.step === right.step)
}

function equalItems(left: readonly Value[], right: readonly Value[]): boolean {
  return left.length === right.length && left.every((item, index) => isSame(item, right[index] ?? null))
}

function equalDicts(left: Dict, right: Dict): boolean {
  return left.size === right.size && left.entries().every(([key, value]) => isSame(value, right.get(key)))
}

/** Views of keys and items are sets. */
function equalViews(left: DictView, right: DictView): boolean {
  if (left.kind === 'values' || right.kind === 'values') return left === right
  return left.dict.size === right.dict.size && [...left.items()].every((item) => contains(right, item))
}

/** Equality of items, which Python also grants to the same object. */
function isSame(left: Value, right: Value | undefined): boolean {
  spend(costs.item)
  // Texts and integers that are equal are not one object, and `===` reads all of them.
  return right !== undefined && ((typeof left === 'object' && left === right) || equals(left, right))
}

/** Python's `item in container`. @throws TemplateError */
export function contains(container: Value, item: Value): boolean {
  const text = textOf(container)
  if (text !== undefined) {
    const part = textOf(item)
    if (part !== undefined) {
      spendText(text)
      spendText(part)
      return indexOfText(text, part) >= 0
    }
    throw new TemplateError(`'in <string>' requires string as left operand, not ${typeName(item)}`)
  }
  if (container instanceof Dict) return container.has(item)
  if (container instanceof DictView && container.kind === 'keys') return container.dict.has(item)
  for (const other of iterate(container)) if (isSame(other, item)) return true
  return false
}

/**
 * Compares two values as Python's `<` and its relatives do.
 * @returns a negative number, 0, a positive number, or NaN if a float is not a number
 * @throws TemplateError if the types have no order
 */
export function compare(left: Value, right: Value, operator: string): number {
  spend(costs.value)
  const [leftNumber, rightNumber] = [numberOf(left), numberOf(right)]
  if (leftNumber !== undefined && rightNumber !== undefined) return compareNumbers(leftNumber, rightNumber)
  const [leftText, rightText] = [textOf(left), textOf(right)]
  if (leftText !== undefined && rightText !== undefined) return compareTexts(leftText, rightText)
  const lists = itemLists(left, right)
  if (lists !== null) return compareItems(...lists, operator)
  throw new TemplateError(
    `'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
  )
}

function compareNumbers(left: bigint | number, right: bigint | number): number {
  if (left < right) return -1
  if (left > right) return 1
  return equalNumbers(left, right) ? 0 : Number.NaN
}

/** Compares exactly, also an integer with a float: `===` is false for these. */
const equalNumbers = (left: bigint | number, right: bigint | number) =>
  typeof left === typeof right ? left === right : left <= right && left >= right

function itemLists(left: Value, right: Value): [readonly Value[], readonly Value[]] | null {
  if (isList(left) && isList(right)) return [left, right]
  return left instanceof Tuple && right instanceof Tuple ? [left.items, right.items] : null
}

function compareItems(left: readonly Value[], right: readonly Value[], operator: string): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [a, b] = [left[index] ?? null, right[index] ?? null]
    if (!isSame(a, b)) return compare(a, b, operator)
  }
  return left.length - right.length
}
