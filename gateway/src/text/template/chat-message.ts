/*
 * template/ renders conversations with chat templates like transformers, and encodes them safely.
 * It knows the encoder of tokenizer/, but no other part of the gateway.
 */

/**
 * A chat message in OpenAI's format, with its content parts joined. Other keys are passed to the
 * template unchanged. Numbers are as `fromData` reads them.
 */
export interface ChatMessage {
  readonly role: string
  readonly content: string | null
  readonly [key: string]: unknown
}

/** How a conversation is rendered. */
export interface ConversationOptions {
  /** Adds the header of the assistant's answer to the end of the prompt. */
  readonly addGenerationPrompt: boolean
  /**
   * Leaves the last message open, so that the model continues it. Cannot be combined with
   * addGenerationPrompt.
   */
  readonly continueFinalMessage?: boolean
  readonly tools?: readonly unknown[]
  /**
   * Additional variables of the template, such as `enable_thinking`. They cannot replace messages,
   * tools or special tokens.
   */
  readonly templateArguments?: Readonly<Record<string, unknown>>
  /** Units of work of the rendering and of the encoding, for conversations on the event loop. */
  readonly maxWork?: number
}
