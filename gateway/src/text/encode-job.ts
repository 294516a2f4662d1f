import type { ChatMessage, ConversationOptions } from './template/chat-message.js'

/** A text or conversation to encode, in a form that can be sent to a thread. */
export type EncodeJob =
  | { readonly type: 'text'; readonly text: string; readonly addSpecialTokens: boolean }
  | { readonly type: 'conversation'; readonly messages: readonly ChatMessage[]; readonly options: ConversationOptions }

/** Estimates the characters to encode: the text itself, or all texts that the template can print. */
export function sizeOfJob(job: EncodeJob): number {
  if (job.type === 'text') return job.text.length
  const { tools, templateArguments } = job.options
  return sizeOf([job.messages, tools, templateArguments])
}

/** Counts the characters of all texts and keys, and one for each other value, at any depth. */
function sizeOf(value: unknown): number {
  let size = 0
  const remaining = [value]
  // A loop instead of recursion: data may be nested deeper than the call stack allows.
  while (remaining.length > 0) {
    const next = remaining.pop()
    size += typeof next === 'string' ? next.length : 1
    if (typeof next !== 'object' || next === null) continue
    for (const [key, item] of Object.entries(next)) {
      if (!Array.isArray(next)) size += key.length
      remaining.push(item)
    }
  }
  return size
}
