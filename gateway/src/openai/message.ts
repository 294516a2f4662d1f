import { z } from 'zod'
import type { ChatMessage, ConversationOptions } from '../text/index.js'
import { invalidRequest } from './api-error.js'
import { fieldKinds } from './fields.js'

const contentSchema = z
  .union([z.string(), z.array(z.object({ type: z.literal('text'), text: z.string() })), z.null()], {
    error: 'must be a string or a list of parts { type: "text", text }; this server takes text alone',
  })
  .optional()
  .transform((content) => (Array.isArray(content) ? content.map(({ text }) => text).join('\n') : (content ?? null)))

const messageSchema = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: contentSchema,
  tool_calls: fieldKinds.optional(z.array(z.unknown()).max(0, 'tool calls are not supported by this server')),
})

/** One conversation, as OpenAI writes it. */
export const messagesSchema = z
  .array(messageSchema, { error: 'must be a list of messages' })
  .min(1, 'must hold at least one message')

/** OpenAI's newer name of the system role is unknown to the templates of open models. */
export function toMessage({ role, tool_calls: _calls, ...message }: z.output<typeof messageSchema>): ChatMessage {
  return { ...message, role: role === 'developer' ? 'system' : role }
}

/** How a conversation ends as a prompt, by vLLM's names. */
export const promptEndFields = {
  add_generation_prompt: fieldKinds.optional(z.boolean()),
  continue_final_message: fieldKinds.flag(false),
}

/** @throws ApiError 400 where both are asked for */
export function toConversationOptions({
  add_generation_prompt,
  continue_final_message,
}: {
  readonly add_generation_prompt: boolean | undefined
  readonly continue_final_message: boolean
}): ConversationOptions {
  if (continue_final_message && add_generation_prompt)
    throw invalidRequest(
      'continue_final_message and add_generation_prompt exclude each other: leave one out',
      'continue_final_message',
    )
  return {
    addGenerationPrompt: add_generation_prompt ?? !continue_final_message,
    continueFinalMessage: continue_final_message,
  }
}
