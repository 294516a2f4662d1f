import { PairTable } from './pair-table.js'

/** The pieces of a vocabulary, by their UTF-16 units. */
export interface PieceTrie {
  /** Calls `found` for each piece that begins at `start`, from the shortest to the longest. */
  search(text: string, start: number, found: (id: number, end: number) => void): void
}

/** Creates a trie. If a piece occurs twice, its last id counts. */
export function createPieceTrie(pieces: readonly string[]): PieceTrie {
  const children = new PairTable()
  const idsOfNodes = [-1]
  for (const [id, piece] of pieces.entries()) {
    let node = 0
    for (let index = 0; index < piece.length; index++) {
      const unit = piece.charCodeAt(index)
      let child = children.get(node, unit)
      if (child < 0) {
        child = idsOfNodes.push(-1) - 1
        children.set(node, unit, child)
      }
      node = child
    }
    if (node > 0) idsOfNodes[node] = id
  }
  const ids = Int32Array.from(idsOfNodes)
  return {
    search(text, start, found) {
      let node = 0
      for (let index = start; index < text.length; index++) {
        node = children.get(node, text.charCodeAt(index))
        if (node < 0) return
        const id = ids[node] as number
        if (id >= 0) found(id, index + 1)
      }
    },
  }
}
