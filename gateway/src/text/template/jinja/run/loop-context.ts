import { TemplateError } from '../errors.js'
import { equals, iterate, lengthOf } from '../values/operations.js'
import {
  type Arguments,
  Generator,
  orElse,
  PythonFunction,
  PythonObject,
  Tuple,
  Undefined,
  type Value,
} from '../values/value.js'

/** Renders the loop again for inner values; null if the loop is not recursive. */
export type Recurse = ((iterated: Value, depth: number) => Value) | null

/** The variable `loop`. */
export class LoopContext extends PythonObject {
  readonly typeName = 'LoopContext'
  private index = -1
  private iterator: Iterator<Value>
  private readonly ahead: Value[] = []
  private isDone = false
  private total: number | null = null
  private current: Value | undefined
  private before: Value | undefined
  private lastChanged: Tuple | null = null

  constructor(
    private readonly iterated: Value,
    private readonly depth: number,
    private readonly recurse: Recurse,
  ) {
    super()
    this.iterator = iterate(iterated)[Symbol.iterator]()
  }

  /** Moves to the next value; undefined at the end. */
  next(): Value | undefined {
    const value = this.peek()
    if (value === undefined) return undefined
    this.ahead.length = 0
    this.index++
    this.before = this.current
    this.current = value
    return value
  }

  private peek(): Value | undefined {
    if (this.ahead.length === 0 && !this.isDone) {
      const { done, value } = this.iterator.next()
      if (done === true) this.isDone = true
      else this.ahead.push(value)
    }
    return this.ahead[0]
  }

  private get length(): number {
    this.total ??= this.measure()
    return this.total
  }

  /** Values without a length are all read. */
  private measure(): number {
    if (!(this.iterated instanceof Generator)) return lengthOf(this.iterated)
    const rest: Value[] = []
    for (let step = this.iterator.next(); step.done !== true; step = this.iterator.next()) rest.push(step.value)
    this.iterator = rest.values()
    return rest.length + this.index + 1 + this.ahead.length
  }

  override attribute(name: string): Value | undefined {
    const read = Object.hasOwn(attributes, name) ? attributes[name] : undefined
    return read?.(this)
  }

  /** The value of an attribute that needs the state of the loop. */
  read(name: 'first' | 'last' | 'previtem' | 'nextitem'): Value {
    if (name === 'first') return this.index === 0
    if (name === 'last') return this.peek() === undefined
    if (name === 'nextitem') return orElse(this.peek(), new Undefined('there is no next item'))
    return this.index === 0 || this.before === undefined ? new Undefined('there is no previous item') : this.before
  }

  /** The value of an attribute that is a number. */
  count(name: 'index' | 'index0' | 'revindex' | 'revindex0' | 'length' | 'depth'): bigint {
    if (name === 'index') return BigInt(this.index + 1)
    if (name === 'index0') return BigInt(this.index)
    if (name === 'depth') return BigInt(this.depth)
    return BigInt(this.length - (name === 'revindex' ? this.index : name === 'revindex0' ? this.index + 1 : 0))
  }

  /** Returns one of the values, in turn. */
  cycle({ positional }: Arguments): Value {
    const value = positional[this.index % Math.max(1, positional.length)]
    if (value === undefined) throw new TemplateError('no items for cycling given')
    return value
  }

  /** Whether the values differ from those of the last call. */
  hasChanged({ positional }: Arguments): boolean {
    const value = new Tuple(positional)
    if (this.lastChanged !== null && equals(this.lastChanged, value)) return false
    this.lastChanged = value
    return true
  }

  /** Renders a recursive loop for inner values. */
  call({ positional, keywords }: Arguments): Value {
    const [iterated] = positional
    if (iterated === undefined || positional.length + keywords.size > 1)
      throw new TemplateError('loop() takes one argument')
    if (this.recurse === null)
      throw new TemplateError("The loop must have the 'recursive' marker to be called recursively.")
    return this.recurse(iterated, this.depth + 1)
  }

  override toRepresentation(): string {
    return `<LoopContext ${this.index + 1}/${this.length}>`
  }
}

const attributes: Readonly<Record<string, (loop: LoopContext) => Value>> = {
  index: (loop) => loop.count('index'),
  index0: (loop) => loop.count('index0'),
  revindex: (loop) => loop.count('revindex'),
  revindex0: (loop) => loop.count('revindex0'),
  length: (loop) => loop.count('length'),
  depth: (loop) => loop.count('depth'),
  depth0: (loop) => loop.count('depth') - 1n,
  first: (loop) => loop.read('first'),
  last: (loop) => loop.read('last'),
  previtem: (loop) => loop.read('previtem'),
  nextitem: (loop) => loop.read('nextitem'),
  cycle: (loop) => new PythonFunction('cycle', (args) => loop.cycle(args)),
  changed: (loop) => new PythonFunction('changed', (args) => loop.hasChanged(args)),
}
