import type { ChatMessage } from '@tandem/models'
import { type Gateway, streamChat } from './chat-client.js'
import type { Output } from '../progress.js'
import { describeMethod, type Method } from './method.js'

export interface ConversationOptions {
  readonly method: Method
  readonly system?: string | undefined
  readonly maxTokens?: number | undefined
}

/** Messages that belong together, and how the next is answered. The server's limit of prompt tokens bounds its length. */
export class Conversation {
  /** One, or two whose answers are compared; the first's goes into the history. */
  methods: readonly Method[]
  readonly #gateway: Gateway
  readonly #system: readonly ChatMessage[]
  readonly #maxTokens: number | undefined
  #history: readonly ChatMessage[] = []

  constructor(gateway: Gateway, { method, system, maxTokens }: ConversationOptions) {
    this.methods = [method]
    this.#gateway = gateway
    this.#system = system === undefined ? [] : [{ role: 'system', content: system }]
    this.#maxTokens = maxTokens
  }

  reset(): void {
    this.#history = []
  }

  /**
   * Streams the answer of each method, and keeps the first, even where it was stopped, once there is text.
   * @throws Error as `streamChat`; a message without an answer is forgotten
   */
  async ask(text: string, output: Output, signal: AbortSignal): Promise<void> {
    const messages: readonly ChatMessage[] = [...this.#history, { role: 'user', content: text }]
    for (const [index, method] of this.methods.entries()) {
      if (this.methods.length > 1) output.write(`[${describeMethod(method)}]\n`)
      let answer = ''
      try {
        for await (const piece of this.#stream(messages, method, signal)) {
          answer += piece
          output.write(piece)
        }
      } finally {
        output.write('\n')
        if (index === 0 && answer !== '') this.#history = [...messages, { role: 'assistant', content: answer }]
      }
    }
  }

  #stream(messages: readonly ChatMessage[], decoding: Method, signal: AbortSignal): AsyncGenerator<string> {
    const { server, model } = this.#gateway
    const request = { model, messages: [...this.#system, ...messages], max_tokens: this.#maxTokens, decoding }
    return streamChat(server, request, signal)
  }
}
