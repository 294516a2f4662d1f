import { assertTextLength } from '../limits.js'
import { Undefined, type Value } from '../values/value.js'
import { costs, spend, spendText } from '../work.js'
import type { Ref, Symbols } from './symbols.js'

/** Counts the text that a rendering has written. */
class OutputLength {
  private length = 0

  /** @throws TemplateError if it is too long */
  add(text: string): void {
    spendText(text)
    this.length += text.length
    assertTextLength(this.length)
  }
}

/** What one rendering shares: its variables, blocks and limits. */
export class Context {
  /** Variables that the template set at its top level. */
  private readonly assigned = new Map<string, Value>()

  constructor(
    private readonly variables: ReadonlyMap<string, Value>,
    readonly output = new OutputLength(),
  ) {}

  resolve(name: string): Value | undefined {
    return this.assigned.has(name) ? this.assigned.get(name) : this.variables.get(name)
  }

  assign(name: string, value: Value): void {
    this.assigned.set(name, value)
  }

  /** A context with additional variables, for a block that sees those of a loop. */
  derive(locals: ReadonlyMap<string, Value>): Context {
    spend((this.variables.size + this.assigned.size + locals.size) * costs.value)
    return new Context(new Map([...this.variables, ...this.assigned, ...locals]), this.output)
  }
}

/** The values of the names of one frame while it runs. A name without a value is undefined. */
export class Scope {
  private readonly values = new Map<string, Value>()

  constructor(
    readonly symbols: Symbols,
    readonly parent: Scope | null,
    readonly context: Context,
  ) {}

  read({ level, name }: Ref): Value | undefined {
    return this.at(level).values.get(name)
  }

  /** Reads a name of the template. */
  load(ref: Ref): Value {
    const value = this.read(ref)
    return value === undefined ? new Undefined(`'${ref.name}' is undefined`) : value
  }

  write({ level, name }: Ref, value: Value): void {
    this.at(level).values.set(name, value)
  }

  /** Removes all values, before the next pass of a loop and after the last one. */
  clear(): void {
    this.values.clear()
  }

  /** Gives names the values that they have when the frame begins. */
  enter(): void {
    spend(this.symbols.loads.size * costs.value)
    for (const [name, load] of this.symbols.loads) {
      if (load.kind === 'parameter') continue
      const value =
        load.kind === 'resolve'
          ? this.context.resolve(name)
          : load.kind === 'alias'
            ? this.parent?.read(load.ref)
            : undefined
      if (value === undefined) this.values.delete(name)
      else this.values.set(name, value)
    }
  }

  /** All names that this frame and the frames around it assign, with their values. */
  locals(): Map<string, Value> {
    const found = this.parent?.locals() ?? new Map<string, Value>()
    spend(this.symbols.stores.size * costs.value)
    for (const name of this.symbols.stores) {
      const value = this.values.get(name)
      if (value !== undefined) found.set(name, value)
    }
    return found
  }

  private at(level: number): Scope {
    let scope: Scope = this
    spend((this.symbols.level - level) * costs.character)
    while (scope.symbols.level > level && scope.parent !== null) scope = scope.parent
    return scope
  }
}
