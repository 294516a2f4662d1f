import type { Access } from '../format/braces.js'
import { isString, spendIfText, textOf, Undefined, type Value } from '../values/value.js'

/** Reads a value of an item. */
export type Getter = (item: Value) => Value

/** Jinja's `attribute=`: names and numbers separated by dots, or a number. */
export function createGetter(attribute: Value | undefined, access: Access, initial: Value = null): Getter {
  const parts = partsOf(attribute ?? null)
  return (item) =>
    parts.reduce((value: Value, part) => {
      const found = access.getItem(value, part)
      return initial !== null && found instanceof Undefined ? initial : found
    }, item)
}

/** Several attributes separated by commas: the key of `sort`. */
export function createMultiGetter(
  attribute: Value | undefined,
  access: Access,
  change: (value: Value) => Value,
): Getter {
  const text = attribute === undefined ? undefined : textOf(attribute)
  const getters =
    text === undefined ? [createGetter(attribute, access)] : text.split(',').map((part) => createGetter(part, access))
  return (item) => getters.map((get) => change(get(item)))
}

function partsOf(attribute: Value): readonly Value[] {
  if (attribute === null) return []
  const text = textOf(attribute)
  return text === undefined
    ? [attribute]
    : text.split('.').map((part) => (/^\p{Nd}+$/u.test(part) ? BigInt(part) : part))
}

/** Lets text of different cases be equal. */
export function ignoreCase(value: Value): Value {
  spendIfText(value)
  return isString(value) ? (textOf(value) ?? '').toLowerCase() : value
}

/** Returns a value unchanged. */
export function keepCase(value: Value): Value {
  return value
}
