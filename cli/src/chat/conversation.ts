import type { ChatMessage } from '@tandem/models'
import type { Output } from '../progress.js'
import { type Gateway, streamChat } from './chat-client.js'
import { describeMethod, type Method } from './method.js'

/** Options of a new conversation. */
export interface ConversationOptions {
  readonly method: Method
  readonly system?: string | undefined
  readonly maxTokens?: number | undefined
}

/**
 * The messages of a chat, and the methods for the next answer. The server's prompt limit bounds its
 * length.
 */
export class Conversation {
  /** One method, or two to compare. The answer of the first goes into the history. */
  methods: readonly Method[]
  private readonly gateway: Gateway
  private readonly system: readonly ChatMessage[]
  private readonly maxTokens: number | undefined
  private history: readonly ChatMessage[] = []

  constructor(gateway: Gateway, { method, system, maxTokens }: ConversationOptions) {
    this.methods = [method]
    this.gateway = gateway
    this.system = system === undefined ? [] : [{ role: 'system', content: system }]
    this.maxTokens = maxTokens
  }

  /** Forgets all messages. */
  reset(): void {
    this.history = []
  }

  /**
   * Streams the answer of each method to `output`. Keeps the first answer in the history, even if
   * it was stopped after some text.
   * @throws Error as `streamChat`; a message without an answer is not kept
   */
  async ask(text: string, output: Output, signal: AbortSignal): Promise<void> {
    const messages: readonly ChatMessage[] = [...this.history, { role: 'user', content: text }]
    for (const [index, method] of this.methods.entries()) {
      if (this.methods.length > 1) output.write(`[${describeMethod(method)}]\n`)
      let answer = ''
      try {
        for await (const piece of this.stream(messages, method, signal)) {
          answer += piece
          output.write(piece)
        }
      } finally {
        output.write('\n')
        if (index === 0 && answer !== '') this.history = [...messages, { role: 'assistant', content: answer }]
      }
    }
  }

  private stream(messages: readonly ChatMessage[], decoding: Method, signal: AbortSignal): AsyncGenerator<string> {
    const { server, model } = this.gateway
    const request = { model, messages: [...this.system, ...messages], max_tokens: this.maxTokens, decoding }
    return streamChat(server, request, signal)
  }
}
