import type { Asked } from './asked.js'
import { type SeenAnswer, streamAnswer } from './stream-answer.js'
import type { Tally } from './tally.js'

/** Answers during which a fault happens. */
export interface AskDuringOptions {
  readonly url: string
  readonly asked: readonly Asked[]
  readonly tally: Tally
  /** What the fault hits, in the table. */
  readonly label: string
  readonly signal: AbortSignal
  /** Causes the fault. Called once, when an answer has some tokens. */
  readonly cause: () => Promise<unknown>
}

/** Tokens of an answer before the fault. */
const tokensBefore = 3

/**
 * Asks for answers at the same time, causes a fault while they run, and counts what clients saw.
 * Methods that send their answer whole are hit somewhere on the way.
 */
export async function askDuring({ url, asked, tally, label, signal, cause }: AskDuringOptions): Promise<void> {
  let caused: Promise<unknown> | null = null
  const onTokens = (count: number) => {
    if (count >= tokensBefore) caused ??= cause()
  }
  const answers = await Promise.all(asked.map(({ body }) => streamAnswer(url, body, signal, onTokens)))
  if (caused === null) throw new Error(`no answer had ${tokensBefore} tokens, so there was no fault: ${label}`)
  await caused
  addAnswers(asked, answers, tally, label)
}

/** Counts answers of requests, in their order. */
export function addAnswers(asked: readonly Asked[], answers: readonly SeenAnswer[], tally: Tally, label: string): void {
  for (const [i, { expected }] of asked.entries()) {
    const found = answers[i]
    if (found) tally.addAnswer(expected, found, label)
  }
}

/** Asks for answers at the same time and counts what clients saw. */
export async function askAll({ url, asked, tally, label, signal }: Omit<AskDuringOptions, 'cause'>): Promise<void> {
  const answers = await Promise.all(asked.map(({ body }) => streamAnswer(url, body, signal)))
  addAnswers(asked, answers, tally, label)
}
