import { TemplateError } from '../errors.js'
import { assertTextLength } from '../limits.js'
import { costs, spend, spendText } from '../work.js'
import { isList, PythonObject, Tuple, textOf, typeName, Undefined, type Value } from './value.js'

/** A dict. Keys that are equal in Python, such as 1, 1.0 and True, are one key. */
export class Dict extends PythonObject {
  readonly typeName = 'dict'
  private readonly entriesByKey = new Map<unknown, readonly [Value, Value]>()

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    super()
    // A Map needs much memory, also an empty one.
    spend(4 * costs.value)
    for (const [key, value] of entries) this.set(key, value)
  }

  get size(): number {
    return this.entriesByKey.size
  }

  /** Sets a value. Only code that makes a dict does so: templates cannot change one. */
  set(key: Value, value: Value): void {
    spend(costs.value)
    const hash = hashKey(key)
    this.entriesByKey.set(hash, [this.entriesByKey.get(hash)?.[0] ?? key, value])
  }

  /** Returns a value, or undefined. @throws TemplateError if the key is a list or a dict */
  get(key: Value): Value | undefined {
    return this.entriesByKey.get(hashKey(key))?.[1]
  }

  has(key: Value): boolean {
    return this.entriesByKey.has(hashKey(key))
  }

  entries(): (readonly [Value, Value])[] {
    spend(this.size * costs.item)
    return [...this.entriesByKey.values()]
  }

  keys(): Value[] {
    return this.entries().map(([key]) => key)
  }

  values(): Value[] {
    return this.entries().map(([, value]) => value)
  }

  override isTrue(): boolean {
    return this.size > 0
  }
}

/** A list or a dict is a key. */
export class UnhashableError extends TemplateError {}

/** Returns the same primitive for equal keys. @throws UnhashableError for lists and dicts */
export function hashKey(key: Value): unknown {
  spend(costs.value)
  const text = textOf(key)
  if (text !== undefined) {
    spendText(text)
    return `s${text}`
  }
  if (typeof key === 'boolean') return key ? 1n : 0n
  if (typeof key === 'number') return Number.isInteger(key) ? BigInt(key) : key
  if (key instanceof Undefined) return Undefined
  if (key instanceof Tuple) return hashTuple(key)
  if (isList(key) || key instanceof Dict) throw new UnhashableError(`unhashable type: '${typeName(key)}'`)
  return key
}

function hashTuple({ items }: Tuple): string {
  const hash = `t${JSON.stringify(items.map(describeHash))}`
  assertTextLength(hash.length)
  spendText(hash)
  return hash
}

function describeHash(item: Value): string {
  const hash = hashKey(item)
  if (typeof hash === 'object' && hash !== null)
    throw new UnhashableError(`a tuple with a ${typeName(item)} is not a key here`)
  return typeof hash === 'string' ? hash : `${typeof hash} ${String(hash)}`
}
