import type { Access } from '../format/braces.js'
import { bindArguments } from '../values/arguments.js'
import { toText } from '../values/represent.js'
import { type Arguments, isString, type Markup, PythonFunction, type Value } from '../values/value.js'

/** What filters need of the engine: attributes, and other filters and tests by name. */
export interface FilterRuntime extends Access {
  callFilter(name: Value, input: Value, args: Arguments): Value
  callTest(name: Value, input: Value, args: Arguments): boolean
}

/** A filter: `input | name(args)`. */
export type Filter = (input: Value, args: Arguments, runtime: FilterRuntime) => Value

/** An entry of a table of filters. */
export type NamedFilter = readonly [string, Filter]

type Bound = readonly (Value | undefined)[]

/** Creates a filter whose arguments are bound to parameters, as `bindArguments` describes. */
export function filter(
  name: string,
  parameters: string,
  run: (input: Value, bound: Bound, runtime: FilterRuntime) => Value,
): NamedFilter {
  return [name, (input, args, runtime) => run(input, bindArguments(name, parameters, args), runtime)]
}

/** Jinja's `soft_str`: text stays as it is, other values are printed. */
export function toSoftText(value: Value): string | Markup {
  return isString(value) ? value : toText(value)
}

/** Calls a method of the text of a value. */
export function callTextMethod(
  value: Value,
  name: string,
  positional: readonly Value[],
  { getAttribute }: Access,
): Value {
  const found = getAttribute(toSoftText(value), name)
  if (found instanceof PythonFunction) return found.call({ positional, keywords: new Map() })
  throw new Error('a method of strings is missing')
}
