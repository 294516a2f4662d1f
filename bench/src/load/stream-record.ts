import { z } from 'zod'
import type { RequestRecord } from './request-record.js'

const usageSchema = z.object({ prompt_tokens: z.number(), completion_tokens: z.number() })
const choiceSchema = z.object({
  text: z.string().nullish(),
  delta: z.object({ content: z.string().nullish() }).nullish(),
})
/** An event of a stream, or a whole answer. */
const eventSchema = z.union([
  z.object({ error: z.object({ message: z.string() }) }),
  z.object({ choices: z.array(choiceSchema), usage: usageSchema.nullish() }),
])

const endMark = '[DONE]'

/** Collects what a client sees of one answer. Times are those of `performance.now`. */
export class StreamRecord {
  /** The message of an error event, or null. */
  error: string | null = null
  private hasEnded = false
  private usage: z.output<typeof usageSchema> | null = null
  private firstAtMs: number | null = null
  private lastAtMs = 0
  private readonly gapsMs: number[] = []

  constructor(private readonly sentAtMs: number) {}

  /** Adds the data of one event. */
  add(data: string, atMs: number): void {
    if (data === endMark) this.hasEnded = true
    else this.read(data, atMs)
  }

  /** Adds a whole answer that is not a stream. */
  addWhole(json: string): void {
    this.hasEnded = true
    this.read(json, null)
  }

  /** Whether the answer ended with its usage and its end mark. */
  get isComplete(): boolean {
    return this.hasEnded && this.usage !== null
  }

  /** Returns the parts of the record that the answer gives. */
  result(): Pick<RequestRecord, 'firstTokenMs' | 'gapsMs' | 'promptTokens' | 'outputTokens'> {
    return {
      firstTokenMs: this.firstAtMs === null ? null : this.firstAtMs - this.sentAtMs,
      gapsMs: this.gapsMs,
      promptTokens: this.usage?.prompt_tokens ?? 0,
      outputTokens: this.usage?.completion_tokens ?? 0,
    }
  }

  private read(json: string, atMs: number | null): void {
    const event = eventSchema.parse(JSON.parse(json))
    if ('error' in event) {
      this.error = event.error.message
      return
    }
    this.usage = event.usage ?? this.usage
    const hasContent = event.choices.some(({ text, delta }) => (text ?? delta?.content ?? '') !== '')
    if (hasContent && atMs !== null) this.addContent(atMs)
  }

  private addContent(atMs: number): void {
    if (this.firstAtMs === null) this.firstAtMs = atMs
    else this.gapsMs.push(atMs - this.lastAtMs)
    this.lastAtMs = atMs
  }
}
