import type { Span } from '../tokenizer/added-tokens.js'

/** Replaces characters of strings by private-use characters, and restores them. */
export interface Disguise {
  /** Replaces the characters in `spans`. */
  apply(text: string, spans: readonly Span[]): string
  /** Restores the characters of a text, and returns where they are. */
  reveal(text: string): { text: string; spans: Span[] }
}

const privateStart = 0xe000
const privateEnd = 0xf8ff

/**
 * Assigns each UTF-16 unit in `units` a private-use character that does not occur in `occupied`.
 * The replacement of one unit by one unit preserves the lengths, slices and comparisons in a
 * template.
 * @returns null if there are not enough unused private-use characters
 */
export function createDisguise(units: Iterable<string>, occupied: string): Disguise | null {
  const used = new Set(occupied)
  const disguises = new Map<string, string>()
  const originals = new Map<string, string>()
  let code = privateStart
  for (const unit of new Set(units)) {
    while (code <= privateEnd && used.has(String.fromCharCode(code))) code++
    if (code > privateEnd) return null
    const disguise = String.fromCharCode(code++)
    disguises.set(unit, disguise)
    originals.set(disguise, unit)
  }
  return {
    apply(text, spans) {
      let disguised = ''
      let offset = 0
      for (const [start, end] of spans) {
        disguised += text.slice(offset, start)
        for (let index = start; index < end; index++)
          disguised += disguises.get(text.charAt(index)) ?? text.charAt(index)
        offset = end
      }
      return disguised + text.slice(offset)
    },
    reveal(text) {
      const spans: [number, number][] = []
      let revealed = ''
      for (let index = 0; index < text.length; index++) {
        const original = originals.get(text.charAt(index))
        revealed += original ?? text.charAt(index)
        if (original === undefined) continue
        const last = spans.at(-1)
        if (last?.[1] === index) last[1] = index + 1
        else spans.push([index, index + 1])
      }
      return { text: revealed, spans }
    },
  }
}
