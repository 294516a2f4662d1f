const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
/**
 * Length of text that is segmented at once, in UTF-16 units: V8's segmenter takes time quadratic in
 * the number of clusters.
 */
const windowLength = 64
/** Ends every cluster before it. */
const end = '\0'
/** Characters that are a cluster each if another one of them follows. */
const single =
  /[ -~\u00c0-\u024f\u0391-\u03a9\u03b1-\u03c9\u0410-\u044f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*/y

/**
 * Yields the grapheme clusters of a text that is read in parts, and '' after each part. The last
 * cluster of a part may continue in the next one.
 */
export function* readGraphemes(parts: Iterable<string>): Generator<string> {
  const reader = new ClusterReader()
  for (const part of parts) {
    yield* reader.read(part, false)
    yield ''
  }
  yield* reader.read(end, true)
}

class ClusterReader {
  /** Begins with the first cluster that has not been yielded. */
  private text = ''
  private window = windowLength;

  *read(part: string, isEnd: boolean): Generator<string> {
    const text = this.text + part
    let start = 0
    while (start + this.window < text.length || (isEnd && start < text.length - end.length)) {
      single.lastIndex = start
      const singles = (single.exec(text)?.[0].length ?? 0) - 1
      for (let index = 0; index < singles; index++) yield text.charAt(start + index)
      if (singles > 0) start += singles
      for (const cluster of this.closedClusters(text, start)) {
        yield cluster
        start += cluster.length
      }
    }
    this.text = text.slice(start)
  }

  /**
   * Returns clusters that end inside the window; only the first one if the window is long. If there
   * is none, the next window is twice as long.
   */
  private closedClusters(text: string, start: number): string[] {
    const isLong = this.window > windowLength
    const isCut = /[\ud800-\udbff]/.test(text.charAt(start + this.window - 1))
    const window = text.slice(start, start + this.window + (isCut ? 1 : 0))
    const closed: string[] = []
    for (const { segment, index } of segmenter.segment(window)) {
      if (index + segment.length === window.length) break
      closed.push(segment)
      if (isLong) break
    }
    this.window = closed.length === 0 ? 2 * this.window : windowLength
    return closed
  }
}
