import type { ChatMessage, ConversationOptions } from './template/chat-message.js'

/** A text or conversation to encode, in a form that can be sent to a thread. */
export type EncodeJob =
  | { readonly type: 'text'; readonly text: string; readonly addSpecialTokens: boolean }
  | { readonly type: 'conversation'; readonly messages: readonly ChatMessage[]; readonly options: ConversationOptions }

/** Estimates the characters to encode: the text itself, or the top-level texts of all messages. */
export function sizeOfJob(job: EncodeJob): number {
  if (job.type === 'text') return job.text.length
  const texts = job.messages.flatMap((message) => Object.values(message))
  return texts.reduce((sum: number, text) => sum + (typeof text === 'string' ? text.length : 0), 0)
}
