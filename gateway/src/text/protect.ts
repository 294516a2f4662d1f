import type { Span } from './added-tokens.js'

/** Strings with some characters exchanged for private ones, and the way back. */
export interface Disguise {
  /** Exchanges the characters in `spans`. */
  apply(text: string, spans: readonly Span[]): string
  /** The text with its characters back, and where they are. */
  reveal(text: string): { text: string; spans: Span[] }
}

const PRIVATE_START = 0xe000
const PRIVATE_END = 0xf8ff

/**
 * Gives each UTF-16 unit in `units` a private-use character that does not occur in `occupied`.
 * One unit for one keeps lengths, slices and comparisons of a template as they are.
 * @returns null where there are not enough unused private-use characters.
 */
export function createDisguise(units: Iterable<string>, occupied: string): Disguise | null {
  const taken = new Set(occupied)
  const disguises = new Map<string, string>()
  const originals = new Map<string, string>()
  let code = PRIVATE_START
  for (const unit of new Set(units)) {
    while (code <= PRIVATE_END && taken.has(String.fromCharCode(code))) code++
    if (code > PRIVATE_END) return null
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
