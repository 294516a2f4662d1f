import type { ChatMessage, ConversationOptions, Text } from '../../../text/index.js'

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

type Variables = ConversationOptions['templateArguments']

const found = new WeakMap<Text, Map<string, ReasoningTags | null>>()
/** Settings that are remembered for each model: those used last. */
const maxKnown = 64
const maxKeyLength = 1024

/**
 * Returns the tags by which answers are separated; null if the model does not think, or if answers
 * lack the tags.
 * @param variables as in `findTemplateTags`
 */
export function findReasoningTags(text: Text, variables?: Variables): ReasoningTags | null {
  const tags = findTemplateTags(text, variables)
  return tags && isWritten(text, tags) ? tags : null
}

/**
 * Returns the tags of a model that thinks; null if its chat template has no such part.
 * @param variables those of the request: some templates think only if one of them says so
 */
export function findTemplateTags(text: Text, variables?: Variables): ReasoningTags | null {
  const known = found.get(text) ?? new Map<string, ReasoningTags | null>()
  found.set(text, known)
  const key = JSON.stringify(variables ?? {}, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
  const remembered = known.get(key)
  const tags = remembered === undefined ? searchTags(text, variables) : remembered
  known.delete(key)
  if (key.length <= maxKeyLength) known.set(key, tags)
  const [oldest] = known.keys()
  if (known.size > maxKnown && oldest !== undefined) known.delete(oldest)
  return tags
}

function searchTags(text: Text, variables: Variables): ReasoningTags | null {
  const render = (messages: readonly ChatMessage[], addGenerationPrompt: boolean) =>
    tryRender(text, messages, {
      addGenerationPrompt,
      ...(variables === undefined ? {} : { templateArguments: variables }),
    })
  const written = renderReasoning(render)
  return knownTags.find((tags) => written.includes(tags.open) || removesReasoning(render, tags)) ?? null
}

/** Answers without special tokens would lack the tags, and their end could not be found. */
function isWritten(text: Text, { open, close }: ReasoningTags): boolean {
  return ![...text.specialTokenIds].some((id) => [open, close].includes(text.tokenName(id) ?? ''))
}

const question: ChatMessage = { role: 'user', content: 'question' }
const thought = 'thought'
const answer = 'answer'

type Render = (messages: readonly ChatMessage[], addGenerationPrompt: boolean) => string

/** No message has a tag: the template writes it before an answer or around earlier reasoning. */
function renderReasoning(render: Render): string {
  const given = { role: 'assistant', content: answer, reasoning_content: thought }
  const prompts = [
    render([question], true),
    render([question, given], false),
    render([question, given, question], true),
  ]
  return prompts.join('\n')
}

/** Other templates remove reasoning from the text of earlier answers, or of all but the last. */
function removesReasoning(render: Render, { open, close }: ReasoningTags): boolean {
  const whole = { role: 'assistant', content: `${open}${thought}${close}${answer}` }
  const last = { role: 'assistant', content: 'other' }
  const removed = render([question, whole, question, last, question], true)
  return removed.includes(answer) && !removed.includes(thought)
}

/** Renders a conversation; empty if the template refuses it or does not exist. */
function tryRender(text: Text, messages: readonly ChatMessage[], options: ConversationOptions): string {
  try {
    return text.renderConversation(messages, options)
  } catch {
    return ''
  }
}
