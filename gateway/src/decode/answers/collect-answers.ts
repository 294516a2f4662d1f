import type { Answer, Delta, GenerationEvent, Report } from './generation-event.js'
import type { PromptToken, Token } from '../loop/token.js'

export interface Collected {
  /** Where the prompt was read out. */
  readonly promptTokens: readonly PromptToken[] | null
  readonly report: Report | null
  readonly answers: readonly Answer[]
}

/** All answers to a prompt. @throws Error where one of `count` has no ending: a fault of the program */
export async function collectAnswers(events: AsyncIterable<GenerationEvent>, count: number): Promise<Collected> {
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
  if (!ending) throw new Error('a generation ended without its ending')
  const tokens: Token[] = deltas.flatMap((delta) => delta.tokens)
  return { text: deltas.map(({ text }) => text).join(''), tokens, ending }
}
