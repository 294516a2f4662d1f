import { TemplateError } from '../errors.js'
import { Dict } from '../values/dict.js'
import { type Arguments, PythonObject, Tuple, Undefined, type Value } from '../values/value.js'

/** What a macro accepts. */
export interface MacroSignature {
  /** The macro's name; null for the body of a call block. */
  readonly name: string | null
  readonly parameters: readonly string[]
  /** Special names that the body reads, in the order in which they are passed. */
  readonly hidden: readonly ('caller' | 'kwargs' | 'varargs')[]
  readonly readsCaller: boolean
}

/** A macro of a template. */
export class Macro extends PythonObject {
  readonly typeName = 'Macro'

  constructor(
    private readonly signature: MacroSignature,
    private readonly render: (values: readonly (Value | undefined)[]) => string,
  ) {
    super()
  }

  /** Assigns arguments to parameters like Jinja2's Macro.__call__. @throws TemplateError */
  call({ positional, keywords }: Arguments): Value {
    const { parameters, hidden, readsCaller } = this.signature
    const rest = new Map(keywords)
    const values: (Value | undefined)[] = positional.slice(0, parameters.length)
    let hasCaller = values.length === parameters.length && parameters.includes('caller')
    for (const name of parameters.slice(values.length)) {
      values.push(take(rest, name))
      if (name === 'caller') hasCaller = true
    }
    if (readsCaller && !hasCaller) values.push(take(rest, 'caller') ?? new Undefined('No caller defined'))
    if (hidden.includes('kwargs')) values.push(new Dict(rest))
    else if (rest.size > 0)
      throw new TemplateError(`macro '${this.signature.name}' takes no keyword argument '${[...rest.keys()][0]}'`)
    if (hidden.includes('varargs')) values.push(new Tuple(positional.slice(parameters.length)))
    else if (positional.length > parameters.length)
      throw new TemplateError(`macro '${this.signature.name}' takes not more than ${parameters.length} argument(s)`)
    return this.render(values)
  }

  override attribute(name: string): Value | undefined {
    const { parameters, hidden, readsCaller } = this.signature
    if (name === 'name') return this.signature.name
    if (name === 'arguments') return new Tuple(parameters)
    if (name === 'catch_kwargs') return hidden.includes('kwargs')
    if (name === 'catch_varargs') return hidden.includes('varargs')
    if (name === 'explicit_caller') return parameters.includes('caller')
    return name === 'caller' ? readsCaller : undefined
  }

  override toRepresentation(): string {
    return this.signature.name === null ? '<Macro anonymous>' : `<Macro '${this.signature.name}'>`
  }
}

function take(values: Map<string, Value>, name: string): Value | undefined {
  const value = values.get(name)
  values.delete(name)
  return value
}
