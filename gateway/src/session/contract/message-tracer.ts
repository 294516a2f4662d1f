import type { MessageTimes } from './service-call.js'

/** Is told about each message to a service. It knows nothing of the message's content. */
export interface MessageTracer {
  /**
   * Called when a message is sent.
   * @param model the models of its steps, joined by commas
   * @param tokens number of tokens that the message appends
   * @param sentMs on the clock of performance.now()
   */
  begin(model: string, tokens: number, sentMs: number): MessageTrace | null
}

/** One message. */
export interface MessageTrace {
  /** The W3C trace context that the message carries. */
  readonly traceparent: string
  /** Called once: with the times of the answer, or with the error if none came. */
  end(outcome: Omit<MessageTimes, 'sentMs'> | Error): void
}
