import { z } from 'zod'
import type { ChatMessage, ConversationOptions } from '../text/index.js'
import { invalidRequest } from './api-error.js'
import { fieldKinds } from './fields.js'
import { requestLimits } from './limits.js'

const partSchema = z.object({
  type: z.literal('text').describe('This server takes text alone.'),
  text: z.string().describe('The text of the part.'),
})

const contentSchema = z
  .union([z.string(), z.array(partSchema), z.null()], {
    error: 'must be a string or a list of parts { type: "text", text }; this server takes text alone',
  })
  .optional()
  .transform((content) => (Array.isArray(content) ? content.map(({ text }) => text).join('\n') : (content ?? null)))
  .describe(
    "A text, or parts of text, which are joined by line ends. An assistant's may be null, which is read as empty.",
  )

const messageSchema = z
  .looseObject({
    role: z
      .enum(['system', 'developer', 'user', 'assistant', 'tool'])
      .describe('Who speaks. The chat template reads `developer` as `system`.'),
    content: contentSchema,
    tool_calls: fieldKinds
      .optional(z.array(z.unknown()).max(0, 'tool calls are not supported by this server'))
      .describe('Must be empty: this server has no tools.'),
  })
  // Chat templates fail on null. OpenAI's own assistants say it where they call a tool, and clients send it back.
  .transform(({ content, ...message }, context) => {
    if (content === null && message.role !== 'assistant')
      context.addIssue({
        code: 'custom',
        path: ['content'],
        message: `is null or missing: expected text; only an assistant's message may have none`,
      })
    return { ...message, content: content ?? '' }
  })

/** One conversation, as OpenAI writes it. */
export const messagesSchema = z
  .array(messageSchema)
  .min(1, 'must hold at least one message')
  .describe(
    `A conversation, the oldest message first, up to ${requestLimits.messages}. Other keys of a message reach the chat template.`,
  )

/** OpenAI's newer name of the system role is unknown to the templates of open models. */
export function toMessage({ role, tool_calls: _calls, ...message }: z.output<typeof messageSchema>): ChatMessage {
  return { ...message, role: role === 'developer' ? 'system' : role }
}

/** How a conversation ends as a prompt, by vLLM's names. */
export const promptEndFields = {
  add_generation_prompt: fieldKinds
    .optional(z.boolean())
    .describe('Ends the prompt with the header of the answer; by default true, unless the last message is continued.'),
  continue_final_message: fieldKinds.flag(false).describe('The answer goes on with the last message.'),
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
