import { TemplateError } from '../errors.js'
import { Dict } from '../values/dict.js'
import { compare, equals, isTrue, iterate } from '../values/operations.js'
import { Tuple, typeName, Undefined, type Value } from '../values/value.js'
import { createGetter, createMultiGetter, type Getter, ignoreCase, keepCase } from './attributes.js'
import { type FilterRuntime, filter, type NamedFilter } from './filter.js'

/** The filters that compare items. */
export const sortFilters: readonly NamedFilter[] = [
  filter('sort', 'reverse= case_sensitive= attribute=', (input, [isReverse, isExact, attribute], runtime) =>
    sort(
      [...iterate(input)],
      createMultiGetter(attribute ?? null, runtime, caseOf(isExact)),
      isTrue(isReverse ?? false),
    ),
  ),
  filter('min', 'case_sensitive= attribute=', (input, bound, runtime) => extreme(input, bound, runtime, '<')),
  filter('max', 'case_sensitive= attribute=', (input, bound, runtime) => extreme(input, bound, runtime, '>')),
  filter('dictsort', 'case_sensitive= by= reverse=', sortDict),
  filter('groupby', 'attribute default= case_sensitive=', groupBy),
]

function caseOf(isExact: Value | undefined): (value: Value) => Value {
  return isTrue(isExact ?? false) ? keepCase : ignoreCase
}

/** Sorts stably, as Python does. */
function sort(items: readonly Value[], get: Getter, isReverse: boolean): Value[] {
  const keyed = items.map((item) => ({ item, key: get(item) }))
  keyed.sort((a, b) => compare(a.key, b.key, '<') * (isReverse ? -1 : 1))
  return keyed.map(({ item }) => item)
}

type Bound = readonly (Value | undefined)[]

function extreme(input: Value, [isExact, attribute]: Bound, runtime: FilterRuntime, operator: '<' | '>'): Value {
  const change = caseOf(isExact)
  const get = createGetter(attribute ?? null, runtime)
  const [first, ...rest] = [...iterate(input)].map((item) => ({ item, key: change(get(item)) }))
  if (first === undefined) return new Undefined('No aggregated item, sequence was empty.')
  let best = first
  for (const next of rest) {
    const order = compare(next.key, best.key, operator)
    if (operator === '<' ? order < 0 : order > 0) best = next
  }
  return best.item
}

function sortDict(input: Value, [isExact, by = 'key', isReverse]: Bound): Value {
  if (!equals(by, 'key') && !equals(by, 'value')) throw new TemplateError('dictsort sorts by "key" or "value"')
  if (input instanceof Undefined) throw input.toError()
  if (!(input instanceof Dict)) throw new TemplateError(`dictsort requires a mapping, found ${typeName(input)}`)
  const change = caseOf(isExact)
  const index = equals(by, 'key') ? 0 : 1
  const pairs = input.entries().map((entry) => new Tuple(entry))
  return sort(
    pairs,
    (pair) => change(pair instanceof Tuple ? (pair.items[index] ?? null) : pair),
    isTrue(isReverse ?? false),
  )
}

function groupBy(input: Value, [attribute = null, initial = null, isExact]: Bound, runtime: FilterRuntime): Value {
  const change = caseOf(isExact)
  const get = createGetter(attribute, runtime, initial)
  const groups: { key: Value; items: Value[] }[] = []
  for (const item of sort([...iterate(input)], (each) => change(get(each)), false)) {
    const key = change(get(item))
    const last = groups.at(-1)
    if (last !== undefined && equals(last.key, key)) last.items.push(item)
    else groups.push({ key, items: [item] })
  }
  return groups.map(({ key, items }) => {
    const grouper = change === keepCase ? key : get(items[0] ?? null)
    return new Tuple([grouper, items], { grouper, list: items })
  })
}
