import type { Work } from '../work.js'
import type { PieceTrie } from './piece-trie.js'

/** What the search for the best path knows of pieces. */
export interface PieceScores {
  readonly trie: PieceTrie
  /** Log-probabilities by id. */
  readonly scores: Float64Array
  /** Ids that the path does not use. */
  readonly excluded: ReadonlySet<number>
  readonly unknown: number
  /** Score of a character without a piece. */
  readonly unknownScore: number
}

/** The pieces of the best path; the offsets are UTF-16 units. */
export interface BestPath {
  /** The end of the piece that begins at an offset. */
  readonly ends: Int32Array
  /** The id of the piece that ends at an offset. */
  readonly ids: Int32Array
}

const charactersPerStep = 2_048

/**
 * Finds the division of a text into pieces with the greatest sum of scores, as the Rust library's
 * `Unigram::encode_optimized` does: of equal sums, the one found first.
 */
export function* findBestPath(text: string, pieces: PieceScores): Work<BestPath> {
  const scores = new Float64Array(text.length + 1)
  const starts = new Int32Array(text.length + 1).fill(-1)
  const ids = new Int32Array(text.length + 1)
  const offer = (start: number, end: number, id: number, score: number): void => {
    const sum = score + (scores[start] as number)
    if (starts[end] !== -1 && sum <= (scores[end] as number)) return
    scores[end] = sum
    starts[end] = start
    ids[end] = id
  }
  for (let start = 0, steps = 1; start < text.length; steps++) {
    const characterEnd = start + ((text.codePointAt(start) as number) > 0xffff ? 2 : 1)
    let hasCharacter = false
    pieces.trie.search(text, start, (id, end) => {
      if (pieces.excluded.has(id)) return
      hasCharacter ||= end === characterEnd
      offer(start, end, id, pieces.scores[id] as number)
    })
    if (!hasCharacter) offer(start, characterEnd, pieces.unknown, pieces.unknownScore)
    start = characterEnd
    if (steps % charactersPerStep === 0) yield
  }
  if (text.length > charactersPerStep) yield
  return { ends: readEnds(starts), ids }
}

/** Follows the path from the end of the text to its start. */
function readEnds(starts: Int32Array): Int32Array {
  const ends = new Int32Array(starts.length)
  for (let end = starts.length - 1; end > 0; ) {
    const start = starts[end] as number
    ends[start] = end
    end = start
  }
  return ends
}
