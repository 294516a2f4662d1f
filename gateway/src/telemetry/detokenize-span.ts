import { attributeNames as names, spanNames } from '@tandem/telemetry'
import type { TextTimer } from '../decode/answers/text-timer.js'
import type { RequestSpan } from './request-span.js'

const usPerMs = 1000

/**
 * The time in which the tokens of one prompt became text, in one span for all of them. It lasts
 * from the first token to the last one; what it took is an attribute.
 */
export class DetokenizeSpan implements TextTimer {
  private firstMs: number | null = null
  private lastMs = 0
  private sumMs = 0
  private tokens = 0

  constructor(private readonly request: RequestSpan) {}

  add(startMs: number, endMs: number): void {
    this.firstMs ??= startMs
    this.lastMs = endMs
    this.sumMs += endMs - startMs
    this.tokens++
  }

  /** Records the span, if a token became text. */
  end(): void {
    if (this.firstMs === null) return
    this.request.addChild(spanNames.detokenize, this.firstMs, this.lastMs, {
      [names.detokenizeUs]: Math.round(this.sumMs * usPerMs),
      [names.inputLength]: this.tokens,
    })
  }
}
