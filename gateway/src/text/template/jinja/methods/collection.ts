import { ValueDependentError } from '../errors.js'
import { DictView, type Range } from '../values/collections.js'
import { Dict } from '../values/dict.js'
import { equals, iterate } from '../values/operations.js'
import { orElse, Tuple, type Value } from '../values/value.js'
import { type Method, method, requireInteger } from './method.js'

function count(items: Iterable<Value>, item: Value | undefined): bigint {
  let found = 0n
  for (const other of items) if (equals(other, item ?? null)) found++
  return found
}

function indexOf(
  items: readonly Value[],
  item: Value | undefined,
  start?: Value | undefined,
  stop?: Value | undefined,
): bigint {
  const place = (value: Value | undefined, initial: number) => {
    const index = requireInteger(value, initial, 'index()')
    return index < 0 ? Math.max(0, index + items.length) : index
  }
  const [from, to] = [place(start, 0), Math.min(items.length, place(stop, items.length))]
  for (let index = from; index < to; index++) if (equals(items[index] ?? null, item ?? null)) return BigInt(index)
  throw new ValueDependentError('the list does not contain the value')
}

/** The methods of lists that do not change them. */
export const listMethods: ReadonlyMap<string, Method<readonly Value[]>> = new Map([
  ['copy', method('copy', '', (list) => [...iterate(list)])],
  ['count', method('count', 'value /', count)],
  ['index', method('index', 'value start= stop= /', indexOf)],
])

/** The methods of tuples. */
export const tupleMethods: ReadonlyMap<string, Method<Tuple>> = new Map([
  ['count', method('count', 'value /', ({ items }, value) => count(items, value))],
  [
    'index',
    method('index', 'value start= stop= /', ({ items }, value, start, stop) => indexOf(items, value, start, stop)),
  ],
])

/** The methods of ranges. */
export const rangeMethods: ReadonlyMap<string, Method<Range>> = new Map([
  ['count', method('count', 'value /', (range, value) => count(range.items(), value))],
  ['index', method('index', 'value /', (range, value) => indexOf([...range.items()], value))],
])

const viewOf = (dict: Dict, kind: 'keys' | 'values' | 'items') =>
  new DictView(kind, dict, () => (kind === 'items' ? dict.entries().map((entry) => new Tuple(entry)) : dict[kind]()))

/** Makes a dict with the same value for all keys. */
export function fromKeys(keys: Value, value: Value): Dict {
  return new Dict([...iterate(keys)].map((key) => [key, value] as const))
}

/** The methods of dicts that do not change them. */
export const dictMethods: ReadonlyMap<string, Method<Dict>> = new Map([
  ['get', method('get', 'key default= /', (dict, key, initial) => orElse(dict.get(key ?? null), initial ?? null))],
  ['keys', method('keys', '', (dict) => viewOf(dict, 'keys'))],
  ['values', method('values', '', (dict) => viewOf(dict, 'values'))],
  ['items', method('items', '', (dict) => viewOf(dict, 'items'))],
  ['copy', method('copy', '', (dict) => new Dict(dict.entries()))],
  ['fromkeys', method('fromkeys', 'iterable value= /', (_, keys, value) => fromKeys(keys ?? null, value ?? null))],
])

/** Methods that change a list or a dict. The sandbox of transformers hides them. */
export const changingMethods: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['list', new Set(['append', 'clear', 'pop', 'reverse', 'insert', 'sort', 'extend', 'remove'])],
  ['dict', new Set(['clear', 'pop', 'popitem', 'setdefault', 'update'])],
])
