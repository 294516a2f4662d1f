import type { ChatMessage, Text } from '../../../text/index.js'

/*
 * reasoning/ separates what a model thinks from what it answers. It knows only texts: where the
 * template or the prompt has such a part, and how the answer spells it.
 */

/** How a model's chat template spells the beginning and the end of its reasoning. */
export interface ReasoningTags {
  readonly open: string
  readonly close: string
}

const knownTags: readonly ReasoningTags[] = [
  { open: '<think>', close: '</think>' },
  { open: '<seed:think>', close: '</seed:think>' },
  { open: '[THINK]', close: '[/THINK]' },
]

const found = new WeakMap<Text, ReasoningTags | null>()

/** Returns the tags of a model that thinks; null if its chat template has no such part. */
export function findReasoningTags(text: Text): ReasoningTags | null {
  let tags = found.get(text)
  if (tags === undefined) {
    tags = knownTags.find((one) => isWritten(text, one) && isInTemplate(text, one)) ?? null
    found.set(text, tags)
  }
  return tags
}

/** Answers without special tokens would lack the tags, and their end could not be found. */
function isWritten(text: Text, { open, close }: ReasoningTags): boolean {
  return ![...text.specialTokenIds].some((id) => [open, close].includes(text.tokenName(id) ?? ''))
}

const question: ChatMessage = { role: 'user', content: 'question' }
const thought = 'thought'
const answer = 'answer'

function isInTemplate(text: Text, { open, close }: ReasoningTags): boolean {
  const given = { role: 'assistant', content: answer, reasoning_content: thought }
  // No message has the tag: the template writes it before an answer, or around earlier reasoning.
  const written = [
    render(text, [question], true),
    render(text, [question, given], false),
    render(text, [question, given, question], true),
  ]
  if (written.some((prompt) => prompt.includes(open))) return true
  // Other templates remove reasoning from the text of earlier answers, or of all but the last one.
  const whole = { role: 'assistant', content: `${open}${thought}${close}${answer}` }
  const last = { role: 'assistant', content: 'other' }
  const removed = render(text, [question, whole, question, last, question], true)
  return removed.includes(answer) && !removed.includes(thought)
}

/** Renders a conversation; empty if the template refuses it or does not exist. */
function render(text: Text, messages: readonly ChatMessage[], addGenerationPrompt: boolean): string {
  try {
    return text.renderConversation(messages, { addGenerationPrompt })
  } catch {
    return ''
  }
}
