import { TextError } from '../tokenizer/text-error.js'
import type { ChatMessage, ConversationOptions } from './chat-message.js'
import { TemplateRefusalError, ValueDependentError } from './jinja/index.js'

const user = { role: 'user', content: 'Hello' }

/** Small conversations, one of which every chat template renders. */
const trials: readonly (readonly ChatMessage[])[] = [
  [user],
  [{ role: 'system', content: 'Be brief.' }, user],
  [user, { role: 'assistant', content: 'Hi' }, user],
]

/**
 * Renders small conversations. A template may refuse them in its own words (`raise_exception`), or
 * need keys or messages that these do not have.
 * @throws TextError `invalid_chat_template` if it uses an unsupported feature, or fails on all
 */
export function assertRenders(
  render: (messages: readonly ChatMessage[], options: ConversationOptions) => string,
): void {
  const failures = trials.flatMap((messages) => {
    try {
      render(messages, { addGenerationPrompt: true })
      return []
    } catch (error) {
      if (error instanceof TextError) return [error]
      throw error
    }
  })
  const unsupported = failures.find(({ code }) => code === 'chat_template_failed')
  const isAlways = failures.length === trials.length && failures.every(({ cause }) => !isAvoidable(cause))
  const fatal = unsupported ?? (isAlways ? failures[0] : undefined)
  if (fatal === undefined) return
  throw new TextError(
    'invalid_chat_template',
    `the model's chat template cannot be used. With a short conversation: ${fatal.message}. ` +
      'Correct chat_template.jinja, or remove it and send prompts as text to /v1/completions',
    { cause: fatal },
  )
}

/** Other messages may have what these lack, and a refusal in the template's own words is meant. */
function isAvoidable(cause: unknown): boolean {
  return cause instanceof TemplateRefusalError || cause instanceof ValueDependentError
}
