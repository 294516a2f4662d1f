import type { ChatMessage, ConversationOptions } from './template/chat-message.js'

/** A text or conversation to encode, in a form that can be sent to a thread. */
export type EncodeJob =
  | { readonly type: 'text'; readonly text: string; readonly addSpecialTokens: boolean }
  | { readonly type: 'conversation'; readonly messages: readonly ChatMessage[]; readonly options: ConversationOptions }

/** Characters that take as long as a value of a message takes in a template. */
const sizeOfValue = 16

/**
 * Estimates the characters to encode: the text itself, or all texts and keys in the messages,
 * tools and arguments of a conversation. Each value counts some characters more, so that many short
 * messages are long.
 */
export function sizeOfJob(job: EncodeJob): number {
  if (job.type === 'text') return job.text.length
  let size = 0
  const remaining: unknown[] = [job.messages, job.options.tools, job.options.templateArguments]
  // A loop instead of recursion: data may be nested deeper than the call stack allows.
  while (remaining.length > 0) {
    const value = remaining.pop()
    size += sizeOfValue + (typeof value === 'string' ? value.length : 0)
    if (typeof value !== 'object' || value === null) continue
    for (const [key, item] of Object.entries(value)) {
      if (!Array.isArray(value)) size += key.length
      remaining.push(item)
    }
  }
  return size
}
