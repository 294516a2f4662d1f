/**
 * The merges that wait. The first is the one with the lowest rank, then the one at the lowest
 * position. It is a binary heap of numbers: rank * positions + position.
 */
export class MergeQueue {
  private readonly positions: number
  private readonly heap: Float64Array
  private size = 0

  /** @param positions number of symbols. Each merge removes one and adds at most two entries. */
  constructor(positions: number, heap = new Float64Array(2 * positions)) {
    this.positions = positions
    this.heap = heap
  }

  get isEmpty(): boolean {
    return this.size === 0
  }

  /** Adds the merge of the symbol at a position with the next one. */
  push(rank: number, position: number): void {
    const heap = this.heap
    const key = rank * this.positions + position
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent] as number
      if (above <= key) break
      heap[at] = above
      at = parent
    }
    heap[at] = key
  }

  /** Removes the first merge and returns its rank and position. */
  pop(): [rank: number, position: number] {
    const first = this.heap[0] as number
    this.size--
    if (this.size > 0) this.sink(this.heap[this.size] as number)
    const rank = Math.floor(first / this.positions)
    return [rank, first - rank * this.positions]
  }

  /** Places a key at the top and moves it down. */
  private sink(key: number): void {
    const heap = this.heap
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.size) break
      if (child + 1 < this.size && (heap[child + 1] as number) < (heap[child] as number)) child++
      const below = heap[child] as number
      if (below >= key) break
      heap[at] = below
      at = child
    }
    heap[at] = key
  }
}
