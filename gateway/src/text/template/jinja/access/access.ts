import { type Access, formatBraces, mapArguments } from '../format/braces.js'
import { changingMethods, dictMethods, listMethods, rangeMethods, tupleMethods } from '../methods/collection.js'
import type { Method } from '../methods/method.js'
import { floatMethods, integerMethods, numberAttribute } from '../methods/number.js'
import { stringMethods, textReturning } from '../methods/string.js'
import { Namespace, Range } from '../values/collections.js'
import { Dict, UnhashableError } from '../values/dict.js'
import { escapeHtml } from '../values/html.js'
import { iterate, numberOf } from '../values/operations.js'
import {
  type Arguments,
  isList,
  Markup,
  PythonFunction,
  PythonObject,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
} from '../values/value.js'
import { costs, spend, spendText } from '../work.js'
import { itemAt } from './sequence.js'

/** Attributes that every object of Python has. The sandbox hides them. */
const objectAttributes = new Set(
  'class delattr dir doc eq format ge getattribute gt hash init init_subclass le lt ne new reduce reduce_ex repr setattr sizeof str subclasshook'
    .split(' ')
    .map((name) => `__${name}__`),
)

/** `object.name`: an attribute, else an item. @throws TemplateError if the object is undefined */
export function getAttribute(object: Value, name: string): Value {
  const attribute = attributeOf(object, name)
  if (attribute !== undefined) return attribute
  const item = object instanceof Dict ? object.get(name) : undefined
  return item === undefined ? missing(object, name, !(object instanceof Dict)) : item
}

/** `object[index]`: an item, else an attribute. @throws TemplateError if the object is undefined */
export function getItem(object: Value, index: Value): Value {
  spend(costs.value)
  if (object instanceof Undefined) throw object.toError()
  const item = readItem(object, index)
  if (item !== undefined) return item
  const name = textOf(index)
  const attribute = name === undefined ? undefined : attributeOf(object, name)
  if (attribute !== undefined) return attribute
  return name === undefined ? missingElement(object, index) : missing(object, name, false)
}

const access: Access = { getAttribute, getItem }

function missingElement(object: Value, index: Value): Undefined {
  const number = numberOf(index)
  const place = number === undefined ? `of type '${typeName(index)}'` : String(number)
  return new Undefined(`'${typeName(object)} object' has no element ${place}`)
}

function missing(object: Value, name: string, isFixed: boolean): Undefined {
  return new Undefined(`'${typeName(object)} object' has no attribute '${name}'`, isFixed)
}

function readItem(object: Value, index: Value): Value | undefined {
  if (!(object instanceof Dict)) return itemAt(object, index)
  try {
    return object.get(index)
  } catch (error) {
    if (!(error instanceof UnhashableError)) throw error
    // Python treats a key that cannot be hashed as missing here.
    return undefined
  }
}

/** Reads an attribute of Python; undefined if the object has none. */
export function attributeOf(object: Value, name: string): Value | undefined {
  spend(costs.value)
  spendText(name)
  if (object instanceof Undefined) throw object.toError()
  if (objectAttributes.has(name) || changingMethods.get(typeName(object))?.has(name))
    return new Undefined(`access to attribute '${name}' of '${typeName(object)}' object is unsafe`, true)
  if (object instanceof PythonObject) {
    const attribute = object.attribute(name)
    if (attribute !== undefined || object instanceof Namespace) return attribute
  }
  if (numberOf(object) !== undefined) {
    const attribute = numberAttribute(object, name)
    if (attribute !== undefined) return attribute
  }
  return methodOf(object, name)
}

function methodOf(object: Value, name: string): PythonFunction | undefined {
  const bind = <T>(methods: ReadonlyMap<string, Method<T>>, self: T) => {
    const found = methods.get(name)
    return found === undefined ? undefined : new PythonFunction(name, (args) => found(self, args, access))
  }
  if (typeof object === 'string') return bind(stringMethods, object)
  if (object instanceof Markup) return bindMarked(object, name)
  if (isList(object)) return bind(listMethods, object)
  if (object instanceof Dict) return bind(dictMethods, object)
  if (object instanceof Tuple) return bind(tupleMethods, object)
  if (object instanceof Range) return bind(rangeMethods, object)
  const number = numberOf(object)
  if (number === undefined) return undefined
  return bind(typeof number === 'bigint' ? integerMethods : floatMethods, number)
}

/** The methods of marked text escape their arguments and return marked text. */
function bindMarked(object: Markup, name: string): PythonFunction | undefined {
  const found = stringMethods.get(name)
  if (found === undefined) return undefined
  if (name === 'format' || name === 'format_map')
    return new PythonFunction(name, (args) => {
      const values = name === 'format' ? args : mapArguments(args)
      return new Markup(formatBraces(object.text, values, access, true))
    })
  if (!textReturning.has(name)) return new PythonFunction(name, (args) => found(object.text, args, access))
  const isEscaping = /^(?:join|replace|[lr]?strip|[lr]just|center)$/.test(name)
  return new PythonFunction(name, (args) => mark(found(object.text, isEscaping ? escapeArguments(args) : args, access)))
}

function escapeArguments({ positional, keywords }: Arguments): Arguments {
  const escapeValue = (value: Value): Value => {
    if (isList(value)) return [...iterate(value)].map(escapeValue)
    return typeof value === 'string' ? escapeHtml(value) : value
  }
  return { positional: positional.map(escapeValue), keywords }
}

function mark(value: Value): Value {
  if (typeof value === 'string') return new Markup(value)
  if (isList(value)) return [...iterate(value)].map(mark)
  return value instanceof Tuple ? new Tuple([...iterate(value)].map(mark)) : value
}
