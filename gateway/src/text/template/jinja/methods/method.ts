import { TemplateError } from '../errors.js'
import type { Access } from '../format/braces.js'
import { bindArguments } from '../values/arguments.js'
import { numberOf } from '../values/operations.js'
import { type Arguments, textOf, typeName, type Value } from '../values/value.js'

/** A method of a type: is called with the object, the arguments and a way to read attributes. */
export type Method<T> = (object: T, args: Arguments, access: Access) => Value

/** Creates a method whose arguments are bound to parameters, as `bindArguments` describes. */
export function method<T>(
  name: string,
  parameters: string,
  run: (object: T, ...bound: (Value | undefined)[]) => Value,
): Method<T> {
  return (object, args) => run(object, ...bindArguments(name, parameters, args))
}

/** @throws TemplateError if the value is not text */
export function requireText(value: Value | undefined, name: string): string {
  const text = value === undefined ? undefined : textOf(value)
  if (text === undefined) throw new TemplateError(`${name} requires a string, found ${typeName(value ?? null)}`)
  return text
}

/** @throws TemplateError if the value is not an integer that fits a float exactly */
export function requireInteger(value: Value | undefined, initial: number, name: string): number {
  if (value === undefined) return initial
  const number = numberOf(value)
  if (typeof number !== 'bigint') throw new TemplateError(`${name} requires an integer, found ${typeName(value)}`)
  return Number(number)
}
