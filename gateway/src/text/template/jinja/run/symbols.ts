/** A name of a frame. */
export interface Ref {
  readonly level: number
  readonly name: string
}

/** Where a name gets its value when its frame begins. */
export type Load =
  | { readonly kind: 'parameter' | 'undefined' | 'resolve' }
  | { readonly kind: 'alias'; readonly ref: Ref }

/**
 * The names of a frame, found before it runs. Jinja2 resolves names statically: a name that a frame
 * assigns anywhere is its own name from its beginning. This follows Jinja2's idtracking.py.
 */
export class Symbols {
  readonly level: number

  constructor(
    private readonly parent: Symbols | null,
    private readonly refs = new Map<string, Ref>(),
    readonly loads = new Map<string, Load>(),
    readonly stores = new Set<string>(),
  ) {
    this.level = parent === null ? 0 : parent.level + 1
  }

  find(name: string): Ref | undefined {
    return this.refs.get(name) ?? this.parent?.find(name)
  }

  load(name: string): void {
    if (this.find(name) === undefined) this.define(name, { kind: 'resolve' })
  }

  store(name: string): void {
    this.stores.add(name)
    if (this.refs.has(name)) return
    const outer = this.parent?.find(name)
    this.define(name, outer === undefined ? { kind: 'undefined' } : { kind: 'alias', ref: outer })
  }

  declareParameter(name: string): void {
    this.stores.add(name)
    this.define(name, { kind: 'parameter' })
  }

  copy(): Symbols {
    return new Symbols(this.parent, new Map(this.refs), new Map(this.loads), new Set(this.stores))
  }

  /** Adds the names of the branches of an `if`. A name that a branch assigns may keep its value. */
  update(branches: readonly Symbols[]): void {
    const assigned = new Set(branches.flatMap(({ stores }) => [...stores]).filter((name) => !this.stores.has(name)))
    for (const branch of branches) {
      for (const [name, ref] of branch.refs) this.refs.set(name, ref)
      for (const [name, load] of branch.loads) this.loads.set(name, load)
      for (const name of branch.stores) this.stores.add(name)
    }
    for (const name of assigned) {
      const outer = this.parent?.find(name)
      this.loads.set(name, outer === undefined ? { kind: 'resolve' } : { kind: 'alias', ref: outer })
    }
  }

  private define(name: string, load: Load): void {
    this.refs.set(name, { level: this.level, name })
    this.loads.set(name, load)
  }
}
