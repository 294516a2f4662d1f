import { z } from 'zod'
import type { ChatMessage, ConversationOptions } from '../../text/index.js'
import { invalidRequest } from '../api-error.js'
import { exactNumbers } from '../json/exact-numbers.js'
import { fieldKinds } from './fields.js'
import { findWrongPrefix, prefixFields } from './message-prefix.js'
import { requestLimits } from './request-limits.js'
import { type TemplateKwargs, templateKwargsDescription, templateKwargsSchema } from './template-kwargs.js'

const partSchema = z.object({
  type: z.literal('text').describe('The type of the content part. This server supports only `text`.'),
  text: z.string().describe('The text content.'),
})

const contentSchema = z
  .union([z.string(), z.array(partSchema), z.null()], {
    error: 'must be a string or a list of parts { type: "text", text }; this server supports only text',
  })
  .optional()
  .transform((content) => (Array.isArray(content) ? content.map(({ text }) => text).join('\n') : (content ?? null)))
  .describe(
    "The text of the message, or a list of text parts, which are joined by line breaks. An assistant's content may be null, which means empty.",
  )

const messageSchema = z
  .looseObject({
    role: z
      .enum(['system', 'developer', 'user', 'assistant', 'tool'])
      .describe("The role of the message's author. `developer` is passed to the chat template as `system`."),
    content: contentSchema,
    tool_calls: fieldKinds
      .optional(z.array(z.unknown()).max(0, 'tool calls are not supported by this server'))
      .describe('Must be empty: this server does not support tools.'),
    function_call: z
      .null({ error: 'function calls are not supported by this server' })
      .optional()
      .describe('Must be null: this server does not support functions.'),
    audio: z
      .null({ error: 'audio is not supported by this server' })
      .optional()
      .describe('Must be null: this server supports only text.'),
    ...prefixFields,
  })
  // Chat templates fail on null. OpenAI's assistants send null when they call a tool, and clients
  // send it back.
  .transform(({ content, ...message }, context) => {
    if (content === null && message.role !== 'assistant')
      context.addIssue({
        code: 'custom',
        path: ['content'],
        message: `is null or missing: expected text; only the content of an assistant's message may be null`,
      })
    return { ...message, content: content ?? '' }
  })

/** One conversation in OpenAI's format. */
export const messagesSchema = z
  .array(messageSchema)
  .min(1, 'must contain at least one message')
  .superRefine((messages, context) => {
    const wrong = findWrongPrefix(messages)
    if (wrong !== null)
      context.addIssue({
        code: 'custom',
        path: [...wrong],
        message: 'is true: only the last message can be continued, if its role is assistant; remove it',
      })
  })
  .describe(
    `The messages of the conversation so far, at most ${requestLimits.messages}, oldest first. Other keys of a message are passed to the chat template.`,
  )

/**
 * Converts parsed messages. Chat templates do not know `developer`, OpenAI's newer name of the
 * system role. Templates can print whole messages, so keys stay in the order of the body. As in
 * transformers, keys without a value (null) are left out, and numbers are as they were written.
 * @param sent the messages of the body, before they were parsed
 */
export function toMessages(parsed: z.output<typeof messagesSchema>, sent: unknown): ChatMessage[] {
  return parsed.map(({ tool_calls: _calls, prefix: _prefix, partial: _partial, ...message }, index) => {
    const given: unknown = Array.isArray(sent) ? sent[index] : null
    const order =
      typeof given === 'object' && given !== null ? Object.keys(given).filter((key) => Object.hasOwn(message, key)) : []
    const exact = exactNumbers(message, sent, [index])
    const values: Record<string, unknown> = { ...exact, role: message.role === 'developer' ? 'system' : message.role }
    const keys = new Set([...order, ...Object.keys(values)])
    const entries = [...keys].map((key) => [key, values[key]] as const)
    return Object.fromEntries(entries.filter(([, value]) => value !== null)) as ChatMessage
  })
}

/** vLLM's fields that control how a conversation ends as a prompt. */
export const promptEndFields = {
  add_generation_prompt: fieldKinds
    .optional(z.boolean())
    .describe(
      'Whether to add the generation prompt (the header of an assistant message) to the prompt. ' +
        'Defaults to true, or to false with `continue_final_message`.',
    ),
  continue_final_message: fieldKinds
    .flag(false)
    .describe('Whether the answer continues the last message instead of starting a new one.'),
  chat_template_kwargs: fieldKinds.optional(templateKwargsSchema).describe(templateKwargsDescription),
}

/** Converts the fields to options of the chat template. @throws ApiError 400 if both are true */
export function toConversationOptions({
  add_generation_prompt,
  continue_final_message,
  chat_template_kwargs,
}: {
  readonly add_generation_prompt: boolean | undefined
  readonly continue_final_message: boolean
  readonly chat_template_kwargs: TemplateKwargs | undefined
}): ConversationOptions {
  if (continue_final_message && add_generation_prompt)
    throw invalidRequest(
      'continue_final_message (or prefix of the last message) and add_generation_prompt cannot both be true: remove one of them',
      'continue_final_message',
    )
  return {
    addGenerationPrompt: add_generation_prompt ?? !continue_final_message,
    continueFinalMessage: continue_final_message,
    ...(chat_template_kwargs === undefined
      ? {}
      : { templateArguments: exactNumbers(chat_template_kwargs, chat_template_kwargs, []) }),
  }
}
