import { TemplateError } from '../errors.js'
import { maxRange } from '../limits.js'
import { costs, spend } from '../work.js'
import type { Dict } from './dict.js'
import { PythonObject, type Tuple, type Value } from './value.js'

/** A range of integers. */
export class Range extends PythonObject {
  readonly typeName = 'range'
  readonly length: number

  /** @throws TemplateError if it is too long, or if the step is 0 */
  constructor(
    readonly start: bigint,
    readonly stop: bigint,
    readonly step: bigint,
  ) {
    super()
    if (step === 0n) throw new TemplateError('range() arg 3 must not be zero')
    const distance = step > 0n ? stop - start : start - stop
    const stride = step > 0n ? step : -step
    const length = distance > 0n ? (distance + stride - 1n) / stride : 0n
    if (length > maxRange) throw new TemplateError(`a range of ${length} numbers: expected at most ${maxRange}`)
    this.length = Number(length)
  }

  at(index: number): bigint {
    return this.start + BigInt(index) * this.step
  }

  *items(): Generator<bigint, undefined> {
    for (let index = 0; index < this.length; index++) {
      spend(costs.value)
      yield this.at(index)
    }
  }

  override attribute(name: string): Value | undefined {
    return name === 'start' || name === 'stop' || name === 'step' ? this[name] : undefined
  }

  override isTrue(): boolean {
    return this.length > 0
  }
}

/** What `keys()`, `values()` and `items()` of a dict return. */
export class DictView extends PythonObject {
  readonly typeName: string

  constructor(
    readonly kind: 'keys' | 'values' | 'items',
    readonly dict: Dict,
    readonly items: () => readonly (Value | Tuple)[],
  ) {
    super()
    this.typeName = `dict_${kind}`
  }

  override isTrue(): boolean {
    return this.dict.size > 0
  }
}

/** An object whose attributes a template may set. */
export class Namespace extends PythonObject {
  readonly typeName = 'Namespace'

  constructor(private readonly values: Dict) {
    super()
  }

  override attribute(name: string): Value | undefined {
    return this.values.get(name)
  }

  /** Sets an attribute. @throws TemplateError if its name begins with an underscore */
  set(name: string, value: Value): void {
    if (name.startsWith('_')) throw new TemplateError(`a namespace cannot have the attribute ${name}`)
    this.values.set(name, value)
  }

  /** The attributes as a dict. */
  toDict(): Dict {
    return this.values
  }
}
