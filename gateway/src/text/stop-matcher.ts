/** Searches for stop strings in text that arrives in parts. */
export interface StopMatcher {
  /**
   * Adds text. `text` of the result is safe to send; `stopped` is the stop string that was found,
   * after which no more text follows.
   * @param counts whether a stop string may end in this text; it may begin in earlier text
   */
  push(text: string, counts?: boolean): { text: string; stopped: string | null }
  /** The remaining text, if generation ended without a stop string. */
  finish(): string
}

/**
 * Finds the stop string that ends first in the joined text. If several end at the same place, the
 * longest wins. It holds back only the longest end of the text that could begin a stop string: at
 * most the longest stop minus one character.
 *
 * @param includeStop whether the text includes the stop string
 */
export function createStopMatcher(stops: readonly string[], includeStop: boolean): StopMatcher {
  const automata = stops.filter((stop) => stop.length > 0).map(createAutomaton)
  let held = ''
  let stopped: string | null = null

  const push = (text: string, counts = true): { text: string; stopped: string | null } => {
    if (stopped !== null) return { text: '', stopped }
    const seen = held + text
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      for (const automaton of automata) {
        if (automaton.step(unit) && counts && (stopped === null || automaton.stop.length > stopped.length))
          stopped = automaton.stop
      }
      if (stopped === null) continue
      const end = held.length + index + 1
      held = ''
      return { text: seen.slice(0, includeStop ? end : end - stopped.length), stopped }
    }
    const safe = seen.length - Math.max(0, ...automata.map((automaton) => automaton.matched()))
    held = seen.slice(safe)
    return { text: seen.slice(0, safe), stopped: null }
  }

  const finish = (): string => {
    const rest = held
    held = ''
    return rest
  }
  return { push, finish }
}

/**
 * The Knuth-Morris-Pratt automaton of one string over UTF-16 units: constant amortised time per
 * unit.
 */
function createAutomaton(stop: string) {
  const fallback = new Int32Array(stop.length + 1)
  for (let length = 1, prefix = 0; length < stop.length; length++) {
    while (prefix > 0 && stop[length] !== stop[prefix]) prefix = fallback[prefix] ?? 0
    if (stop[length] === stop[prefix]) prefix++
    fallback[length + 1] = prefix
  }
  let matched = 0
  return {
    stop,
    /** The number of units of the stop string, fewer than all, that the text ends with. */
    matched: () => matched,
    step(unit: number): boolean {
      while (matched > 0 && stop.charCodeAt(matched) !== unit) matched = fallback[matched] ?? 0
      if (stop.charCodeAt(matched) === unit) matched++
      const isFound = matched === stop.length
      if (isFound) matched = fallback[matched] ?? 0
      return isFound
    },
  }
}
