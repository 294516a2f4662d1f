import type { Text } from '../../text/index.js'
import { findReasoningTags, type ReasoningTags } from '../answer/reasoning/find-reasoning-tags.js'
import type { ReasoningFormat } from '../answer/reasoning/reasoning-format.js'
import { fieldKinds } from './fields.js'

/** Fields that say what becomes of the reasoning of models that think. */
export const reasoningFields = {
  separate_reasoning: fieldKinds
    .flag(true)
    .describe(
      'Whether the reasoning of a model that thinks is in `reasoning_content`. If not, it stays in the content, with its tags.',
    ),
  include_reasoning: fieldKinds.flag(true).describe('Whether the answer contains `reasoning_content`.'),
}

interface ReasoningRequest {
  readonly separate_reasoning: boolean
  readonly include_reasoning: boolean
  readonly continue_final_message: boolean
  readonly messages: readonly { readonly content: string }[]
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
  const tags = request.separate_reasoning ? findReasoningTags(text) : null
  if (!tags) return null
  const tail = text.decode(promptIds.slice(-tailLength), { skipSpecialTokens: false })
  const isOpen = tail.trimEnd().endsWith(tags.open) || continuesReasoning(request, tags)
  return { tags, isOpen, isIncluded: request.include_reasoning }
}

/** Whether the answer continues a message that has begun to think. */
function continuesReasoning(
  { continue_final_message, messages }: ReasoningRequest,
  { open, close }: ReasoningTags,
): boolean {
  const content = messages.at(-1)?.content ?? ''
  return continue_final_message && content.lastIndexOf(open) > content.lastIndexOf(close)
}
