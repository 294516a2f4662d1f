import { TemplateError, UnsupportedTemplateError, ValueDependentError } from '../errors.js'
import { costs, spend, spendText } from '../work.js'

/**
 * A value in a template. Integers are bigint, floats are number, lists are arrays; all other
 * objects of Python have a class.
 */
export type Value = null | boolean | bigint | number | string | readonly Value[] | PythonObject

/** An object of Python that has no counterpart in JavaScript. */
export abstract class PythonObject {
  /** Python's name of the type, for errors. */
  abstract readonly typeName: string

  constructor() {
    spend(costs.value)
  }

  /** Reads an attribute; undefined if there is none. */
  attribute(_name: string): Value | undefined {
    return undefined
  }

  isTrue(): boolean {
    return true
  }

  /** Python's `repr`. Most objects print their address, which no rendering can reproduce. */
  toRepresentation(): string {
    throw new UnsupportedTemplateError(`the template prints a ${this.typeName}: its text is an address in memory`)
  }
}

/** The values that a function is called with. */
export interface Arguments {
  readonly positional: readonly Value[]
  readonly keywords: ReadonlyMap<string, Value>
}

/** A variable, key or attribute that does not exist. */
export class Undefined extends PythonObject {
  readonly typeName = 'Undefined'

  /** @param isFixed whether the value is missing whatever the values of the rendering are */
  constructor(
    private readonly reason: string,
    private readonly isFixed = false,
  ) {
    super()
  }

  /** The error of an operation that needs the value. */
  toError(): TemplateError {
    return this.isFixed ? new TemplateError(this.reason) : new ValueDependentError(this.reason)
  }

  override isTrue(): boolean {
    return false
  }

  override toRepresentation(): string {
    return 'Undefined'
  }
}

/** Text that is marked as HTML by `safe` or `escape`. */
export class Markup extends PythonObject {
  readonly typeName = 'Markup'

  constructor(readonly text: string) {
    super()
  }

  override isTrue(): boolean {
    return this.text !== ''
  }
}

/** A tuple. A group of `groupby` also has names for its items. */
export class Tuple extends PythonObject {
  readonly typeName = 'tuple'

  constructor(
    readonly items: readonly Value[],
    private readonly names: Readonly<Record<string, Value>> = {},
  ) {
    super()
  }

  override attribute(name: string): Value | undefined {
    return Object.hasOwn(this.names, name) ? this.names[name] : undefined
  }

  override isTrue(): boolean {
    return this.items.length > 0
  }
}

/** An iterator that gives its values once. */
export class Generator extends PythonObject {
  readonly typeName = 'generator'

  constructor(private readonly source: Iterator<Value>) {
    super()
  }

  /** Continues where the last reader stopped: leaving a loop does not end the generator. */
  iterate(): Iterable<Value> {
    return { [Symbol.iterator]: () => ({ next: () => this.next() }) }
  }

  private next(): IteratorResult<Value> {
    spend(costs.item)
    return this.source.next()
  }
}

/** Something that a template can call. */
export class PythonFunction extends PythonObject {
  readonly typeName: string = 'function'

  constructor(
    readonly name: string,
    private readonly run: (args: Arguments) => Value,
  ) {
    super()
  }

  call(args: Arguments): Value {
    spend(costs.call)
    return this.run(args)
  }
}

/** Returns a value, or another one if it is missing. None is a value. */
export function orElse(value: Value | undefined, initial: Value): Value {
  return value === undefined ? initial : value
}

/** Whether a value is a list. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

/** Whether a value is a string of Python. Marked text is one. */
export function isString(value: Value): value is string | Markup {
  return typeof value === 'string' || value instanceof Markup
}

/** The text of a string or of marked text; undefined for other values. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value
  return value instanceof Markup ? value.text : undefined
}

/** Counts the reading of the texts among the values of a call. */
export function spendArguments({ positional, keywords }: Arguments): void {
  spend((positional.length + keywords.size) * costs.item)
  for (const value of positional) spendIfText(value)
  for (const value of keywords.values()) spendIfText(value)
}

/** Counts the reading of a value, if it is text. */
export function spendIfText(value: Value): void {
  const text = textOf(value)
  if (text !== undefined) spendText(text)
}

/** Python's name of a value's type. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType'
  if (isList(value)) return 'list'
  if (value instanceof PythonObject) return value.typeName
  return primitiveNames[typeof value] ?? typeof value
}

const primitiveNames: Readonly<Record<string, string>> = {
  boolean: 'bool',
  bigint: 'int',
  number: 'float',
  string: 'str',
}
