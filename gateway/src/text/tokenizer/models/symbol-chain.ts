const gone = -1

/** The symbols of a piece, each linked with its neighbours, so that two can become one. */
export class SymbolChain {
  private readonly symbols: Int32Array
  private readonly next: Int32Array
  private readonly previous: Int32Array

  /** @param symbols ids, which the chain changes */
  constructor(symbols: Int32Array) {
    this.symbols = symbols
    this.next = new Int32Array(symbols.length)
    this.previous = new Int32Array(symbols.length)
    // Int32Array.from with a function takes ten times as long, in one step.
    for (let position = 0; position < symbols.length; position++) {
      this.next[position] = position + 1
      this.previous[position] = position - 1
    }
  }

  /** Returns the ids at a position and after it; null if either does not exist. */
  pairAt(position: number): readonly [left: number, right: number] | null {
    const left = this.symbols[position]
    const right = this.symbols[this.next[position] ?? gone]
    return left === undefined || left === gone || right === undefined ? null : [left, right]
  }

  /** Makes one symbol of two. Returns the position before it, or -1. */
  merge(position: number, made: number): number {
    const right = this.next[position] as number
    const after = this.next[right] as number
    this.symbols[position] = made
    this.symbols[right] = gone
    this.next[position] = after
    if (after < this.symbols.length) this.previous[after] = position
    return this.previous[position] as number
  }

  /** The ids that are left, in order. */
  toIds(): number[] {
    const ids: number[] = []
    for (const id of this.symbols) if (id !== gone) ids.push(id)
    return ids
  }
}
