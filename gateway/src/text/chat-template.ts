import { stripText } from './python-text.js'
import { parseTemplate, type Render, TemplateRefusal } from './template-engine.js'
import { TemplateFault } from './template-functions.js'
import { type ChatMessage, type ConversationOptions, TextError } from './types.js'

/** A compiled chat template: messages to the prompt's text. */
export type ChatTemplate = (messages: readonly ChatMessage[], options: ConversationOptions) => string

/** Written behind the final message's content to find its end again, as transformers does; the space shows whether it was trimmed. */
const END_MARK = 'CONTINUE_FINAL_MESSAGE_TAG '

/** A template must not be able to blow a small request up; the context of every model served here ends far below. */
const MAX_RENDERED_LENGTH = 16 * 1024 * 1024

/**
 * Compiles a chat template with what transformers offers in one: trim_blocks, lstrip_blocks, named special tokens,
 * `raise_exception`, `strftime_now`, `tojson` without HTML escapes, `{% generation %}`, break and continue.
 * @throws TextError `invalid_chat_template` where it does not parse.
 */
export function createChatTemplate(source: string, namedTokens: Readonly<Record<string, string>>): ChatTemplate {
  const template = compile(source)
  return (messages, options) => {
    if (messages.length === 0) throw new TextError('invalid_messages', 'There are no messages; at least one is needed.')
    if (!options.continueFinalMessage) return render(template, messages, options, namedTokens)
    if (options.addGenerationPrompt) {
      throw new TextError(
        'invalid_messages',
        'The final message cannot be continued and followed by a new answer: choose one.',
      )
    }
    return cutAtMark(render(template, markFinal(messages), options, namedTokens), messages)
  }
}

function compile(source: string): Render {
  try {
    return parseTemplate(source)
  } catch (cause) {
    throw new TextError('invalid_chat_template', `The model's chat template cannot be read: ${messageOf(cause)}.`, {
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
    if (text.length <= MAX_RENDERED_LENGTH) return text
  } catch (cause) {
    if (cause instanceof TemplateRefusal) {
      throw new TextError('invalid_messages', `The model's chat template refuses these messages: ${cause.message}`, {
        cause,
      })
    }
    if (isTemplateFault(cause)) {
      throw new TextError('chat_template_failed', `The model's chat template cannot be run: ${messageOf(cause)}.`, {
        cause,
      })
    }
    throw new TextError(
      'invalid_messages',
      `The model's chat template failed on these messages: ${messageOf(cause)}.`,
      { cause },
    )
  }
  throw new TextError('invalid_messages', `The rendered messages are longer than ${MAX_RENDERED_LENGTH} characters.`)
}

/** Filters that the engine has for some kind of value. */
const FILTERS =
  /^(?:safe|tojson|list|first|last|length|reverse|sort|join|string|unique|upper|lower|title|capitalize|trim|indent|replace|int|float|abs|bool|default|selectattr|rejectattr|map|items|keys|values|get|dictsort)$/

/** Whether a template asks for what the engine has not, a method, filter or test: no other messages would help. */
function isTemplateFault(cause: unknown): boolean {
  if (cause instanceof TemplateFault) return true
  const message = messageOf(cause)
  const filter = /^Unknown \w+ filter: (.*)$|^Cannot apply filter "(.*?)"/.exec(message)
  if (filter !== null) return !FILTERS.test(filter[1] ?? filter[2] ?? '')
  return FAULTS.test(message)
}

/** The engine's words for calls, tests, products of text and unpacked tuples that it does not know. */
const FAULTS =
  /^Cannot call something that is not a function|^Unknown (?:test|filter|node type|operator "\*")|not currently supported|TupleValue/

/** Templates read a message's reasoning under one of two names, clients send it under one of three; transformers joins them so. */
function aliasReasoning(message: ChatMessage): ChatMessage {
  const reasoning = message.reasoning_content ?? message.thinking ?? message.reasoning
  if (reasoning === null || reasoning === undefined) return message
  return { thinking: reasoning, ...message, reasoning_content: reasoning }
}

function markFinal(messages: readonly ChatMessage[]): ChatMessage[] {
  const final = messages.at(-1)
  if (final === undefined || typeof final.content !== 'string') {
    throw new TextError('invalid_messages', 'The final message has no text to continue.')
  }
  return [...messages.slice(0, -1), { ...final, content: final.content + END_MARK }]
}

function cutAtMark(rendered: string, messages: readonly ChatMessage[]): string {
  const end = rendered.lastIndexOf(END_MARK.trim())
  if (end < 0 || !rendered.includes(stripText(messages.at(-1)?.content ?? '', { left: true, right: true }))) {
    throw new TextError(
      'invalid_messages',
      "The final message cannot be continued: the model's chat template does not show its text.",
    )
  }
  const isKept = rendered.startsWith(END_MARK, end)
  return isKept ? rendered.slice(0, end) : stripText(rendered.slice(0, end), { left: false, right: true })
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
