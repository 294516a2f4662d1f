import { attributeOf } from '../access/access.js'
import { TemplateError } from '../errors.js'
import { assertItems } from '../limits.js'
import { compute } from '../operators/arithmetic.js'
import { DictView, Range } from '../values/collections.js'
import { Dict, hashKey } from '../values/dict.js'
import { isTrue, iterate, lengthOf, numberOf } from '../values/operations.js'
import { charactersOf } from '../values/text.js'
import { Generator, isList, Markup, orElse, Tuple, textOf, typeName, Undefined, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { createGetter, ignoreCase, keepCase } from './attributes.js'
import { type FilterRuntime, filter, type NamedFilter } from './filter.js'

type Bound = readonly (Value | undefined)[]

/** The filters of lists and of other collections. */
export const listFilters: readonly NamedFilter[] = [
  filter('list', '', (input) => [...iterate(input)]),
  filter('length', '', (input) => BigInt(lengthOf(input))),
  filter('count', '', (input) => BigInt(lengthOf(input))),
  filter('first', '', first),
  filter('last', '', (input) => first(reversed(input))),
  filter('reverse', '', reverse),
  filter('default', 'default_value= boolean=', orDefault),
  filter('d', 'default_value= boolean=', orDefault),
  filter('items', '', (input) => new Generator(items(input))),
  filter(
    'unique',
    'case_sensitive= attribute=',
    (input, bound, runtime) => new Generator(unique(input, bound, runtime)),
  ),
  filter('batch', 'linecount fill_with=', (input, bound) => new Generator(batch(input, bound))),
  filter('slice', 'slices fill_with=', (input, bound) => new Generator(slice(input, bound))),
  filter('sum', 'attribute= start=', sum),
  filter('attr', 'name', (input, [name = null]) => attribute(input, name)),
]

function orDefault(input: Value, [initial = '', isBoolean]: Bound): Value {
  const isReplaced = input instanceof Undefined || (isTrue(isBoolean ?? false) && !isTrue(input))
  return isReplaced ? initial : input
}

function first(input: Value): Value {
  if (isList(input) && input.length > 0) return input[0] ?? null
  for (const item of iterate(input)) return item
  return new Undefined('No first item, sequence was empty.')
}

/** Python's `reversed`. @throws TemplateError if the value has no end to begin at */
function reversed(input: Value): Value {
  const isSequence =
    textOf(input) !== undefined ||
    isList(input) ||
    [Tuple, Dict, Range, DictView, Undefined].some((type) => input instanceof type)
  if (!isSequence) throw new TemplateError(`'${typeName(input)}' object is not reversible`)
  return new Generator([...iterate(input)].reverse().values())
}

function reverse(input: Value): Value {
  const text = textOf(input)
  if (text === undefined) return input instanceof Generator ? [...iterate(input)].reverse() : reversed(input)
  const turned = [...charactersOf(text)].reverse().join('')
  return input instanceof Markup ? new Markup(turned) : turned
}

function* items(input: Value): Generator_ {
  if (input instanceof Undefined) return
  if (!(input instanceof Dict)) throw new TemplateError('Can only get item pairs from a mapping.')
  for (const entry of input.entries()) yield new Tuple(entry)
}

type Generator_ = globalThis.Generator<Value, undefined>

function* unique(input: Value, [isExact, name]: Bound, runtime: FilterRuntime): Generator_ {
  const change = isTrue(isExact ?? false) ? keepCase : ignoreCase
  const get = createGetter(name ?? null, runtime)
  const seen = new Set<unknown>()
  for (const item of iterate(input)) {
    const key = hashKey(change(get(item)))
    if (seen.has(key)) continue
    seen.add(key)
    yield item
  }
}

function requireCount(value: Value | undefined, name: string): number {
  const number = numberOf(value ?? null)
  if (typeof number !== 'bigint') throw new TemplateError(`${name} requires an integer`)
  assertItems(Number(number))
  return Number(number)
}

function* batch(input: Value, [count, fill = null]: Bound): Generator_ {
  const size = numberOf(count ?? null)
  let line: Value[] = []
  for (const item of iterate(input)) {
    if (line.length === Number(size)) {
      yield line
      line = []
    }
    line.push(item)
  }
  if (line.length === 0) return
  if (fill === null) return yield line
  const missing = requireCount(count, 'batch') - line.length
  yield missing > 0 ? compute('+', line, compute('*', [fill], BigInt(missing))) : line
}

function* slice(input: Value, [count, fill = null]: Bound): Generator_ {
  const all = [...iterate(input)]
  const slices = requireCount(count, 'slice')
  if (slices === 0) throw new TemplateError('integer division or modulo by zero')
  const size = Math.floor(all.length / slices)
  const longer = all.length - size * slices
  let offset = 0
  for (let number = 0; number < slices; number++) {
    const start = offset + number * size
    if (number < longer) offset++
    const part = all.slice(start, offset + (number + 1) * size)
    spend(costs.value)
    yield fill !== null && number >= longer ? [...part, fill] : part
  }
}

function sum(input: Value, [name, start = 0n]: Bound, runtime: FilterRuntime): Value {
  if (textOf(start) !== undefined) throw new TemplateError("sum() can't sum strings")
  const get = createGetter(name ?? null, runtime)
  let total = start
  for (const item of iterate(input)) total = compute('+', total, get(item))
  return total
}

function attribute(input: Value, name: Value): Value {
  const text = textOf(name)
  if (text === undefined) throw new TemplateError('attr requires a name')
  return orElse(attributeOf(input, text), new Undefined(`'${typeName(input)} object' has no attribute '${text}'`))
}
