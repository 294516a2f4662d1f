import { TextError } from '../tokenizer/text-error.js'
import type { ChatMessage, ConversationOptions } from './chat-message.js'
import { stripText } from './python-text.js'
import { parseTemplate, type Render, TemplateRefusalError } from './template-engine.js'
import { UnsupportedTemplateError } from './template-functions.js'

/** A compiled chat template: converts messages to the text of the prompt. */
export type ChatTemplate = (messages: readonly ChatMessage[], options: ConversationOptions) => string

/**
 * Appended to the content of the final message to find its end in the rendered text, as in
 * transformers. The space at its end shows whether the template trimmed the content.
 */
const endMark = 'CONTINUE_FINAL_MESSAGE_TAG '

/**
 * Maximum characters of a rendered template, so that a template cannot blow up a small request. All
 * contexts are far below.
 */
const maxRenderedLength = 16 * 1024 * 1024

/**
 * Compiles a chat template with the features of transformers: trim_blocks, lstrip_blocks, named
 * special tokens, `raise_exception`, `strftime_now`, `tojson` without HTML escapes, `{% generation
 * %}`, break and continue.
 * @throws TextError `invalid_chat_template` if it does not parse
 */
export function createChatTemplate(source: string, namedTokens: Readonly<Record<string, string>>): ChatTemplate {
  const template = compile(source)
  return (messages, options) => {
    if (messages.length === 0)
      throw new TextError('invalid_messages', 'the list of messages is empty: expected at least one message')
    if (!options.continueFinalMessage) return render(template, messages, options, namedTokens)
    if (options.addGenerationPrompt) {
      throw new TextError(
        'invalid_messages',
        'the final message cannot be both continued and followed by a new answer: choose one',
      )
    }
    return cutAtMark(render(template, markFinal(messages), options, namedTokens), messages)
  }
}

function compile(source: string): Render {
  try {
    return parseTemplate(source)
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
    const text = template({
      ...namedTokens,
      ...options.templateArguments,
      documents: null,
      tools: options.tools ?? null,
      add_generation_prompt: options.addGenerationPrompt,
      messages: messages.map(aliasReasoning),
    })
    if (text.length <= maxRenderedLength) return text
  } catch (cause) {
    if (cause instanceof TemplateRefusalError) {
      throw new TextError('invalid_messages', `the model's chat template refuses these messages: ${cause.message}`, {
        cause,
      })
    }
    if (isUnsupportedFeature(cause)) {
      throw new TextError(
        'chat_template_failed',
        `the model's chat template uses an unsupported feature: ${messageOf(cause)}`,
        {
          cause,
        },
      )
    }
    throw new TextError('invalid_messages', `the model's chat template failed on these messages: ${messageOf(cause)}`, {
      cause,
    })
  }
  throw new TextError('invalid_messages', `the rendered messages have more than ${maxRenderedLength} characters`)
}

/** Filters that the engine supports for at least one kind of value. */
const knownFilters =
  /^(?:safe|tojson|list|first|last|length|reverse|sort|join|string|unique|upper|lower|title|capitalize|trim|indent|replace|int|float|abs|bool|default|selectattr|rejectattr|map|items|keys|values|get|dictsort)$/

/**
 * Whether a template uses a method, filter or test that the engine does not support, so that other
 * messages would fail too.
 */
function isUnsupportedFeature(cause: unknown): boolean {
  if (cause instanceof UnsupportedTemplateError) return true
  const message = messageOf(cause)
  const filter = /^Unknown \w+ filter: (.*)$|^Cannot apply filter "(.*?)"/.exec(message)
  if (filter !== null) return !knownFilters.test(filter[1] ?? filter[2] ?? '')
  return unsupportedFeatures.test(message)
}

/** The engine's messages for unsupported calls, tests, products of text and unpacked tuples. */
const unsupportedFeatures =
  /^Cannot call something that is not a function|^Unknown (?:test|filter|node type|operator "\*")|not currently supported|TupleValue/

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

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
