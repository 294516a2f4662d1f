import { TemplateError } from '../errors.js'
import { isTrue, iterate } from '../values/operations.js'
import { type Arguments, Generator, type Value } from '../values/value.js'
import { createGetter, type Getter } from './attributes.js'
import type { Filter, FilterRuntime, NamedFilter } from './filter.js'

/** The filters that call other filters and tests. They do so only when their items are read. */
export const selectFilters: readonly NamedFilter[] = [
  ['map', (input, args, runtime) => new Generator(mapItems(input, args, runtime))],
  ['select', select(false, true)],
  ['reject', select(false, false)],
  ['selectattr', select(true, true)],
  ['rejectattr', select(true, false)],
]

function* mapItems(input: Value, args: Arguments, runtime: FilterRuntime): globalThis.Generator<Value, undefined> {
  if (!isTrue(input)) return
  const change = createMapper(args, runtime)
  for (const item of iterate(input)) yield change(item)
}

function createMapper({ positional, keywords }: Arguments, runtime: FilterRuntime): Getter {
  const [name, ...rest] = positional
  if (name !== undefined) return (item) => runtime.callFilter(name, item, { positional: rest, keywords })
  const attribute = keywords.get('attribute')
  if (attribute === undefined) throw new TemplateError('map requires a filter argument')
  const unknown = [...keywords.keys()].find((key) => key !== 'attribute' && key !== 'default')
  if (unknown !== undefined) throw new TemplateError(`Unexpected keyword argument '${unknown}'`)
  return createGetter(attribute, runtime, keywords.get('default') ?? null)
}

function select(hasAttribute: boolean, isKept: boolean): Filter {
  return (input, args, runtime) => new Generator(selectItems(input, args, runtime, hasAttribute, isKept))
}

function* selectItems(
  input: Value,
  { positional, keywords }: Arguments,
  runtime: FilterRuntime,
  hasAttribute: boolean,
  isKept: boolean,
): globalThis.Generator<Value, undefined> {
  if (!isTrue(input)) return
  if (hasAttribute && positional.length === 0) throw new TemplateError('Missing parameter for attribute name')
  const get = hasAttribute ? createGetter(positional[0], runtime) : (item: Value) => item
  const [name, ...rest] = hasAttribute ? positional.slice(1) : positional
  const test = (item: Value) =>
    name === undefined ? isTrue(item) : runtime.callTest(name, item, { positional: rest, keywords })
  for (const item of iterate(input)) if (test(get(item)) === isKept) yield item
}
