/** Streaming search for stop strings. */
export interface StopMatcher {
  /**
   * `text` is safe to send; `stopped` is the stop string met, after which nothing more comes.
   * @param counts whether a stop string that ends in this text is one; it may begin in any.
   */
  push(text: string, counts?: boolean): { text: string; stopped: string | null }
  /** The text held back when generation ended without a stop string. */
  finish(): string
}

/**
 * Finds the stop string that ends first in the joined text; of several that end at one place the longest wins.
 * Holds back only the longest end of the text that could begin a stop string, so at most the longest stop minus one character.
 *
 * @param includeStop whether the stop string itself is part of the text.
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

/** Knuth, Morris and Pratt's automaton of one string over UTF-16 units: constant amortised time a unit. */
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
    /** How many units of the stop string, not all of them, the text ends with. */
    matched: () => matched,
    step(unit: number): boolean {
      while (matched > 0 && stop.charCodeAt(matched) !== unit) matched = fallback[matched] ?? 0
      if (stop.charCodeAt(matched) === unit) matched++
      const isMet = matched === stop.length
      if (isMet) matched = fallback[matched] ?? 0
      return isMet
    },
  }
}
