import type { PromptToken, Token } from '../loop/token.js'
import type { Answer, Delta, GenerationEvent, Report } from './generation-event.js'

/** All answers to one prompt. */
export interface CollectedAnswers {
  /** Null if the prompt's log-probabilities were not read. */
  readonly promptTokens: readonly PromptToken[] | null
  readonly report: Report | null
  readonly answers: readonly Answer[]
}

/**
 * Collects all answers to a prompt.
 * @throws Error if one of the `count` answers has no ending: a bug
 */
export async function collectAnswers(
  events: AsyncIterable<GenerationEvent> | Iterable<GenerationEvent>,
  count: number,
): Promise<CollectedAnswers> {
  const deltas: Delta[][] = Array.from({ length: count }, () => [])
  let promptTokens: readonly PromptToken[] | null = null
  let report: Report | null = null
  for await (const event of events) {
    if (event.type === 'prompt') promptTokens = event.tokens
    else if (event.type === 'report') report = event.report
    else deltas[event.answer]?.push(event.delta)
  }
  return { promptTokens, report, answers: deltas.map(joinDeltas) }
}

function joinDeltas(deltas: readonly Delta[]): Answer {
  const ending = deltas.at(-1)?.ending
  if (!ending) throw new Error('expected an ending in the last delta, found none: the generation stopped early')
  const tokens: Token[] = deltas.flatMap((delta) => delta.tokens)
  return { text: deltas.map(({ text }) => text).join(''), tokens, ending }
}
