import { UnsupportedTemplateError } from '../errors.js'
import { characterTests } from '../methods/character-classes.js'
import { compute } from '../operators/arithmetic.js'
import { bindArguments } from '../values/arguments.js'
import { Range } from '../values/collections.js'
import { Dict } from '../values/dict.js'
import { compare, contains, equals, isIterable, numberOf } from '../values/operations.js'
import { toText } from '../values/represent.js'
import {
  type Arguments,
  isList,
  isString,
  Markup,
  PythonFunction,
  PythonObject,
  Tuple,
  textOf,
  Undefined,
  type Value,
} from '../values/value.js'
import { spendText } from '../work.js'

/** A test: `value is name(args)`. */
export type Test = (input: Value, args: Arguments) => boolean

const simple =
  (run: (input: Value) => boolean, name = 'a test'): Test =>
  (input, args) => {
    bindArguments(name, '', args)
    return run(input)
  }

const binary =
  (run: (input: Value, other: Value) => boolean): Test =>
  (input, args) => {
    const [other = null] = bindArguments('a test', 'other', args)
    return run(input, other)
  }

const isEqual = binary(equals)
const isUnequal = binary((a, b) => !equals(a, b))
const isLess = binary((a, b) => compare(a, b, '<') < 0)
const isAtMost = binary((a, b) => compare(a, b, '<=') <= 0)
const isGreater = binary((a, b) => compare(a, b, '>') > 0)
const isAtLeast = binary((a, b) => compare(a, b, '>=') >= 0)

/** The tests by name, except `filter` and `test`. */
export const tests: Readonly<Record<string, Test>> = {
  defined: simple((value) => !(value instanceof Undefined)),
  undefined: simple((value) => value instanceof Undefined),
  none: simple((value) => value === null),
  true: simple((value) => value === true),
  false: simple((value) => value === false),
  boolean: simple((value) => typeof value === 'boolean'),
  integer: simple((value) => typeof value === 'bigint'),
  float: simple((value) => typeof value === 'number'),
  number: simple((value) => numberOf(value) !== undefined),
  string: simple(isString),
  mapping: simple((value) => value instanceof Dict),
  sequence: simple(
    (value) =>
      isString(value) || isList(value) || [Tuple, Dict, Range, Undefined].some((type) => value instanceof type),
  ),
  iterable: simple(isIterable),
  callable: simple(
    (value) =>
      value instanceof PythonFunction ||
      value instanceof Undefined ||
      (value instanceof PythonObject && 'call' in value),
  ),
  escaped: simple((value) => value instanceof Markup),
  lower: simple((value) => isCase('islower', value)),
  upper: simple((value) => isCase('isupper', value)),
  odd: simple((value) => equals(compute('%', value, 2n), 1n)),
  even: simple((value) => equals(compute('%', value, 2n), 0n)),
  divisibleby: binary((value, divisor) => equals(compute('%', value, divisor), 0n)),
  sameas: binary(isSame),
  in: binary((value, container) => contains(container, value)),
  ...{ '==': isEqual, eq: isEqual, equalto: isEqual, '!=': isUnequal, ne: isUnequal },
  ...{ '<': isLess, lt: isLess, lessthan: isLess, '<=': isAtMost, le: isAtMost },
  ...{ '>': isGreater, gt: isGreater, greaterthan: isGreater, '>=': isAtLeast, ge: isAtLeast },
}

function isCase(name: 'islower' | 'isupper', value: Value): boolean {
  const text = toText(value)
  spendText(text)
  return characterTests[name]?.(text) ?? false
}

/** Whether two values are one object. For numbers and texts that depends on Python's caches. */
function isSame(left: Value, right: Value): boolean {
  if (left === null || right === null || typeof left === 'boolean' || typeof right === 'boolean') return left === right
  if (typeof left === 'object' && typeof right === 'object') return left === right
  if (typeof left !== typeof right || !equals(left, right)) return false
  if (typeof left === 'bigint' && left >= -5n && left <= 256n) return true
  throw new UnsupportedTemplateError(
    `"is sameas" is supported for true, false, none and small integers, found ${textOf(left) ?? String(left)}`,
  )
}
