import type { ChatMessage, ConversationOptions, Text } from './types.js'

/** Something to encode, as it crosses to a thread. */
export type EncodeJob =
  | { readonly type: 'text'; readonly text: string; readonly addSpecialTokens: boolean }
  | { readonly type: 'conversation'; readonly messages: readonly ChatMessage[]; readonly options: ConversationOptions }

/** @throws TextError as `Text.encodeConversation` */
export function runJob(text: Text, job: EncodeJob): number[] {
  if (job.type === 'conversation') return text.encodeConversation(job.messages, job.options)
  return job.addSpecialTokens ? text.encode(job.text) : text.encodePlain(job.text)
}

/** Characters to encode, about: those of a message's own texts. */
export function sizeOfJob(job: EncodeJob): number {
  if (job.type === 'text') return job.text.length
  const texts = job.messages.flatMap((message) => Object.values(message))
  return texts.reduce((sum: number, text) => sum + (typeof text === 'string' ? text.length : 0), 0)
}
