import type { Delta, Ending } from './generation.js'
import type { Token } from './token.js'

/** An answer, whole. */
export interface Answer {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly ending: Ending
}

/** @throws Error where the last delta has no ending: a fault of the program */
export function joinDeltas(deltas: readonly Delta[]): Answer {
  const ending = deltas.at(-1)?.ending
  if (!ending) throw new Error('a generation ended without its ending')
  return { text: deltas.map(({ text }) => text).join(''), tokens: deltas.flatMap(({ tokens }) => tokens), ending }
}

export async function collectAnswer(deltas: AsyncIterable<Delta>): Promise<Answer> {
  const collected: Delta[] = []
  for await (const delta of deltas) collected.push(delta)
  return joinDeltas(collected)
}
