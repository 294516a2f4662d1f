import type { Text } from '../../text/index.js'
import { findReasoningTags, findTemplateTags, type ReasoningTags } from '../answer/reasoning/find-reasoning-tags.js'
import type { ReasoningFormat } from '../answer/reasoning/reasoning-format.js'
import type { ReasoningState } from '../answer/reasoning/reasoning-splitter.js'
import { fieldKinds } from './fields.js'
import type { TemplateKwargs } from './template-kwargs.js'

/** Fields that say what becomes of the reasoning of models that think. */
export const reasoningFields = {
  separate_reasoning: fieldKinds
    .flag(true)
    .describe(
      'Whether the reasoning of a model that thinks is in `reasoning_content`. If not, it stays in the content, with its tags.',
    ),
  include_reasoning: fieldKinds.flag(true).describe('Whether the answer contains `reasoning_content`.'),
}

interface PromptRequest {
  readonly continue_final_message: boolean
  readonly chat_template_kwargs: TemplateKwargs | undefined
  readonly messages: readonly { readonly content: string }[]
}

interface ReasoningRequest extends PromptRequest {
  readonly separate_reasoning: boolean
  readonly include_reasoning: boolean
}

/** Enough for the tag and the line ends after it. */
const tailLength = 32

/**
 * Returns how reasoning is separated; null if the model does not think, or if the request wants it
 * in the content.
 */
export function toReasoningFormat(
  request: ReasoningRequest,
  promptIds: readonly number[],
  text: Text,
): ReasoningFormat | null {
  const tags = request.separate_reasoning ? findReasoningTags(text, request.chat_template_kwargs) : null
  if (!tags) return null
  return { tags, state: stateAfter(promptIds, text, request, tags), isIncluded: request.include_reasoning }
}

/** Whether an answer to the prompt can begin with reasoning. */
export function canThink(request: PromptRequest, promptIds: readonly number[], text: Text): boolean {
  const tags = findTemplateTags(text, request.chat_template_kwargs)
  return tags !== null && stateAfter(promptIds, text, request, tags) !== 'content'
}

/** Where the prompt ends: templates close the reasoning at once if the request switches it off. */
function stateAfter(
  promptIds: readonly number[],
  text: Text,
  { continue_final_message, messages }: PromptRequest,
  { open, close }: ReasoningTags,
): ReasoningState {
  const tail = text.decode(promptIds.slice(-tailLength), { skipSpecialTokens: false }).trimEnd()
  if (tail.endsWith(open)) return 'reasoning'
  if (tail.endsWith(close)) return 'content'
  const content = continue_final_message ? (messages.at(-1)?.content ?? '') : ''
  return content.lastIndexOf(open) > content.lastIndexOf(close) ? 'reasoning' : 'start'
}
