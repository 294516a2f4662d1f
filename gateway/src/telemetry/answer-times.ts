import type { Delta } from '../decode/answers/generation-event.js'

/** What is known of one answer of a request. Times are of `performance.now()`, in milliseconds. */
export interface AnswerTimes {
  tokens: number
  firstMs: number | null
  lastMs: number | null
  finishReason: string | null
}

/** The answers of one request, by their index over all prompts. */
export class RequestAnswers {
  private readonly answers = new Map<number, AnswerTimes>()

  /** Records a part of an answer when it is ready. */
  add(index: number, { tokens, ending }: Delta, nowMs: number): void {
    const answer = this.answers.get(index) ?? { tokens: 0, firstMs: null, lastMs: null, finishReason: null }
    this.answers.set(index, answer)
    answer.tokens += tokens.length
    answer.finishReason = ending?.finishReason ?? null
    if (tokens.length === 0) return
    answer.firstMs ??= nowMs
    answer.lastMs = nowMs
  }

  get all(): readonly AnswerTimes[] {
    return [...this.answers.values()]
  }

  get tokens(): number {
    return this.all.reduce((sum, { tokens }) => sum + tokens, 0)
  }

  get finishReasons(): readonly string[] {
    return this.all.flatMap(({ finishReason }) => finishReason ?? [])
  }

  /** When the first token of any answer was ready; null if none was. */
  get firstMs(): number | null {
    return this.all.reduce<number | null>((least, { firstMs }) => earlier(least, firstMs), null)
  }

  /** When the last token was ready; null if none was. */
  get lastMs(): number | null {
    return this.all.reduce<number | null>(
      (most, { lastMs }) => (lastMs === null ? most : Math.max(most ?? 0, lastMs)),
      null,
    )
  }
}

const earlier = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.min(a, b))
