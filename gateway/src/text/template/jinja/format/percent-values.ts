import { TemplateError } from '../errors.js'
import { Range } from '../values/collections.js'
import { Dict } from '../values/dict.js'
import { numberOf } from '../values/operations.js'
import { isList, Tuple, Undefined, type Value } from '../values/value.js'

/**
 * The values of a format, in their order or by key. As in CPython, a key makes its value the only
 * one that is left.
 */
export class PercentValues {
  private items: readonly Value[]
  private index = 0

  constructor(
    private readonly value: Value,
    private readonly isMarked: boolean,
  ) {
    this.items = value instanceof Tuple ? value.items : [value]
  }

  /** @throws TemplateError if the values have no keys */
  assertKeys(): void {
    if (!hasKeys(this.value)) throw new TemplateError('format requires a mapping')
  }

  /** Makes the value of a key the next one. */
  select(key: string): void {
    if (this.value instanceof Undefined) throw this.value.toError()
    const selected = this.value instanceof Dict ? this.value.get(key) : undefined
    if (selected === undefined) throw new TemplateError(`the mapping of a format has no key '${key}'`)
    this.items = [selected]
    this.index = 0
  }

  next(): Value {
    const value = this.items[this.index++]
    if (value === undefined) throw new TemplateError('not enough arguments for format string')
    return value
  }

  nextSize(): number {
    const value = this.next()
    const size = numberOf(value)
    // In marked text each value is wrapped, so none is an integer.
    if (typeof size !== 'bigint' || this.isMarked) throw new TemplateError('* wants int')
    return Number(size)
  }

  /** Python does not ask this of dicts, lists and other values with keys. */
  assertUsed(): void {
    if (this.index < this.items.length && !hasKeys(this.value))
      throw new TemplateError('not all arguments converted during string formatting')
  }
}

/** Whether a value has a method `__getitem__` and is neither a tuple nor a text. */
function hasKeys(value: Value): boolean {
  return isList(value) || value instanceof Dict || value instanceof Range || value instanceof Undefined
}
