import { TextError } from '../tokenizer/text-error.js'
import { assertRenders } from './assert-renders.js'
import type { ChatMessage, ConversationOptions } from './chat-message.js'
import { explainFailure, messageOf } from './explain-failure.js'
import { formatTime } from './format-time.js'
import { compileTemplate, type Render } from './jinja/index.js'
import { stripText } from './python-text.js'

/** A compiled chat template: converts messages to the text of the prompt. */
export type ChatTemplate = (messages: readonly ChatMessage[], options: ConversationOptions) => string

/**
 * Appended to the content of the final message to find its end in the rendered text, as in
 * transformers. The space at its end shows whether the template trimmed the content.
 */
const endMark = 'CONTINUE_FINAL_MESSAGE_TAG '

/** Sets the clock of `strftime_now`, for tests and comparisons. */
export interface ChatTemplateOptions {
  readonly now?: () => Date
}

/**
 * Compiles a chat template, which renders as in transformers (`jinja/`), and tries it on small
 * conversations: what cannot be rendered is refused here, before a model is built or served.
 * @throws TextError `invalid_chat_template`, which names the place or the feature
 */
export function createChatTemplate(
  source: string,
  namedTokens: Readonly<Record<string, string>>,
  { now = () => new Date() }: ChatTemplateOptions = {},
): ChatTemplate {
  const template = compile(source, now)
  const renderWith = (messages: readonly ChatMessage[], options: ConversationOptions) =>
    render(template, messages, options, namedTokens)
  assertRenders(renderWith)
  return (messages, options) => {
    if (messages.length === 0)
      throw new TextError('invalid_messages', 'the list of messages is empty: expected at least one message')
    if (!options.continueFinalMessage) return renderWith(messages, options)
    if (options.addGenerationPrompt) {
      throw new TextError(
        'invalid_messages',
        'the final message cannot be both continued and followed by a new answer: choose one',
      )
    }
    return cutAtMark(renderWith(markFinal(messages), options), messages)
  }
}

function compile(source: string, now: () => Date): Render {
  try {
    return compileTemplate(source, { formatNow: (format) => formatTime(now(), format) })
  } catch (cause) {
    throw new TextError('invalid_chat_template', `the model's chat template is invalid: ${messageOf(cause)}`, {
      cause,
    })
  }
}

function render(
  template: Render,
  messages: readonly ChatMessage[],
  options: ConversationOptions,
  namedTokens: Readonly<Record<string, string>>,
): string {
  try {
    const variables = {
      ...options.templateArguments,
      ...namedTokens,
      documents: null,
      tools: options.tools ?? null,
      add_generation_prompt: options.addGenerationPrompt,
      messages: messages.map(aliasReasoning),
    }
    return template(variables, options.maxWork)
  } catch (cause) {
    throw explainFailure(cause)
  }
}

/**
 * Copies a message's reasoning: clients send it under one of three names, templates read one of
 * two. transformers does the same.
 */
function aliasReasoning(message: ChatMessage): ChatMessage {
  const reasoning = message.reasoning_content ?? message.thinking ?? message.reasoning
  if (reasoning === null || reasoning === undefined) return message
  return { thinking: reasoning, ...message, reasoning_content: reasoning }
}

function markFinal(messages: readonly ChatMessage[]): ChatMessage[] {
  const final = messages.at(-1)
  if (final === undefined || typeof final.content !== 'string') {
    throw new TextError('invalid_messages', 'the final message has no text to continue')
  }
  return [...messages.slice(0, -1), { ...final, content: final.content + endMark }]
}

function cutAtMark(rendered: string, messages: readonly ChatMessage[]): string {
  const end = rendered.lastIndexOf(endMark.trim())
  if (end < 0 || !rendered.includes(stripText(messages.at(-1)?.content ?? '', { left: true, right: true }))) {
    throw new TextError(
      'invalid_messages',
      "the final message cannot be continued: the model's chat template does not output its text",
    )
  }
  const isKept = rendered.startsWith(endMark, end)
  return isKept ? rendered.slice(0, end) : stripText(rendered.slice(0, end), { left: false, right: true })
}
