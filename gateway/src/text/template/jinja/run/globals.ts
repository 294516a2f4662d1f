import { TemplateError, TemplateRefusalError, UnsupportedTemplateError } from '../errors.js'
import { fromKeys } from '../methods/collection.js'
import { method } from '../methods/method.js'
import { bindArguments } from '../values/arguments.js'
import { Namespace, Range } from '../values/collections.js'
import { Dict } from '../values/dict.js'
import { iterate, numberOf } from '../values/operations.js'
import { toText } from '../values/represent.js'
import {
  type Arguments,
  orElse,
  PythonFunction,
  PythonObject,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from '../values/value.js'
import { costs, spend } from '../work.js'

/** The functions of a template that depend on the world outside. */
export interface World {
  /** Formats the current time like Python's `strftime`. */
  formatNow(format: string): string
}

/** The global functions of transformers' templates. */
export function createGlobals({ formatNow }: World): ReadonlyMap<string, Value> {
  const formatTime = (format: string) => {
    spend(costs.call + format.length * costs.slowCharacter * 4)
    return formatNow(format)
  }
  const functions: Readonly<Record<string, (args: Arguments) => Value>> = {
    range,
    namespace: (args) => createNamespace(args),
    cycler: ({ positional }) => new Cycler(positional),
    joiner: (args) => new Joiner(orElse(bindArguments('joiner', 'sep=', args)[0], ', ')),
    raise_exception: (args) => {
      throw new TemplateRefusalError(toText(bindArguments('raise_exception', 'message', args)[0] ?? null))
    },
    strftime_now: (args) => formatTime(toText(bindArguments('strftime_now', 'format', args)[0] ?? null)),
    lipsum: () => {
      throw new UnsupportedTemplateError('the function lipsum() is not supported')
    },
  }
  const entries = Object.entries(functions).map(([name, run]) => [name, new PythonFunction(name, run)] as const)
  return new Map<string, Value>([...entries, ['dict', new DictFunction('dict', createDict)]])
}

function range({ positional, keywords }: Arguments): Range {
  if (keywords.size > 0 || positional.length === 0 || positional.length > 3)
    throw new TemplateError('range() takes 1 to 3 arguments')
  const numbers = positional.map((value) => {
    const number = numberOf(value)
    if (typeof number !== 'bigint')
      throw new TemplateError(`'${typeName(value)}' object cannot be interpreted as an integer`)
    return number
  })
  const [first = 0n, second, step = 1n] = numbers
  return second === undefined ? new Range(0n, first, 1n) : new Range(first, second, step)
}

/** The function `dict`, which also has the method `fromkeys`. */
class DictFunction extends PythonFunction {
  override attribute(name: string): Value | undefined {
    if (name !== 'fromkeys') return undefined
    const run = method<null>(name, 'iterable value= /', (_, keys, value) => fromKeys(keys ?? null, value ?? null))
    return new PythonFunction(name, (args) => run(null, args, { getAttribute: fail, getItem: fail }))
  }
}

function fail(): never {
  throw new TemplateError('fromkeys() reads no attributes')
}

/** Python's `dict(...)`. @throws TemplateError */
function createDict({ positional, keywords }: Arguments): Dict {
  const [source, ...rest] = positional
  if (rest.length > 0) throw new TemplateError(`dict expected at most 1 argument, got ${positional.length}`)
  const entries = source instanceof Dict ? source.entries() : [...iterate(orElse(source, []))].map(pairOf)
  return new Dict([...entries, ...keywords])
}

function pairOf(item: Value): readonly [Value, Value] {
  const [key, value, ...rest] = [...iterate(item)]
  if (key === undefined || value === undefined || rest.length > 0)
    throw new TemplateError('dict() requires pairs of a key and a value')
  return [key, value]
}

function createNamespace(args: Arguments): Namespace {
  const values = createDict(args)
  const hidden = values.keys().find((key) => typeof key === 'string' && key.startsWith('_'))
  if (hidden !== undefined) throw new TemplateError(`a namespace cannot have the attribute ${toText(hidden)}`)
  return new Namespace(values)
}

/** What `cycler` returns: its values in turn. */
class Cycler extends PythonObject {
  readonly typeName = 'Cycler'
  private place = 0

  constructor(private readonly values: readonly Value[]) {
    super()
    if (values.length === 0) throw new TemplateError('at least one item has to be provided')
  }

  override attribute(name: string): Value | undefined {
    if (name === 'current') return this.values[this.place]
    if (name === 'items') return new Tuple(this.values)
    if (name === 'pos') return BigInt(this.place)
    if (name === 'next') return new PythonFunction(name, (args) => this.advance(args))
    return name === 'reset' ? new PythonFunction(name, (args) => this.reset(args)) : undefined
  }

  private advance(args: Arguments): Value {
    bindArguments('next', '', args)
    const value = this.values[this.place] ?? null
    this.place = (this.place + 1) % this.values.length
    return value
  }

  private reset(args: Arguments): Value {
    bindArguments('reset', '', args)
    this.place = 0
    return null
  }
}

/** What `joiner` returns: nothing at the first call, then a separator. */
class Joiner extends PythonObject {
  readonly typeName = 'Joiner'
  private isUsed = false

  constructor(private readonly separator: Value) {
    super()
  }

  override attribute(name: string): Value | undefined {
    if (name === 'sep') return this.separator
    return name === 'used' ? this.isUsed : undefined
  }

  call(args: Arguments): Value {
    bindArguments('joiner', '', args)
    if (this.isUsed) return this.separator
    this.isUsed = true
    return ''
  }
}

/** The variable `self`: renders a block of the template again. */
export class SelfReference extends PythonObject {
  readonly typeName = 'TemplateReference'

  constructor(
    private readonly renderBlock: (name: string) => string | undefined,
    private readonly names: ReadonlySet<string>,
  ) {
    super()
  }

  override attribute(name: string): Value | undefined {
    if (!this.names.has(name)) return undefined
    return new PythonFunction(name, () => this.renderBlock(name) ?? '')
  }

  override toRepresentation(): string {
    return '<TemplateReference None>'
  }
}

/** The variable `super` in a block: there is no template above. */
export const noParentBlock = new Undefined('there is no parent block')

/** The names of the global functions. */
export const globalNames: readonly string[] = [...createGlobals({ formatNow: String }).keys()]
