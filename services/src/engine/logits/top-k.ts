import { byLogit } from './vector.js'

/**
 * Returns the k best ids of a row, best first, ties by lowest id; all ids if k is larger than the
 * row.
 */
export function topK(row: Float32Array, k: number): Uint32Array {
  if (k >= row.length) return Uint32Array.from(row.keys()).sort(byLogit(row))
  const heap = new Uint32Array(k).map((_, i) => i)
  for (let i = (k >> 1) - 1; i >= 0; i--) siftDown(row, heap, i)
  for (let id = k; id < row.length; id++) {
    // A later id never wins a tie.
    if ((row[id] as number) > (row[heap[0] as number] as number)) {
      heap[0] = id
      siftDown(row, heap, 0)
    }
  }
  return heap.sort(byLogit(row))
}

/** Restores the heap from `start` down. Its root is the worst id: lowest logit, then highest id. */
function siftDown(row: Float32Array, heap: Uint32Array, start: number): void {
  let at = start
  for (;;) {
    let worst = at
    for (const child of [2 * at + 1, 2 * at + 2])
      if (child < heap.length && isWorse(row, heap[child] as number, heap[worst] as number)) worst = child
    if (worst === at) return
    const id = heap[at] as number
    heap[at] = heap[worst] as number
    heap[worst] = id
    at = worst
  }
}

function isWorse(row: Float32Array, a: number, b: number): boolean {
  const za = row[a] as number
  const zb = row[b] as number
  return za < zb || (za === zb && a > b)
}
