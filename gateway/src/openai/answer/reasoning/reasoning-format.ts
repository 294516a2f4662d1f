import type { ReasoningTags } from './find-reasoning-tags.js'
import { ReasoningSplitter, type ReasoningState } from './reasoning-splitter.js'

/** How the answers of a chat are separated into reasoning and content. */
export interface ReasoningFormat {
  readonly tags: ReasoningTags
  /** Where the prompt ends. */
  readonly state: ReasoningState
  /** Whether the answer has the reasoning. */
  readonly isIncluded: boolean
}

/** The fields of a message. */
export interface MessageText {
  readonly content: string
  readonly reasoning_content?: string | null
}

/** Builds the text fields of a whole message. @param format null for models that do not think */
export function toMessageText(text: string, format: ReasoningFormat | null): MessageText {
  if (!format) return { content: text }
  const { reasoning, content } = new ReasoningSplitter(format.tags, format.state).push(text, true)
  return { content, reasoning_content: format.isIncluded && reasoning !== '' ? reasoning : null }
}

/** The text fields of a streamed delta. Those without text are missing. */
export interface DeltaText {
  readonly content?: string
  readonly reasoning_content?: string
}

/** Creates the function that builds the text fields of the deltas of one choice. */
export function createDeltaText(format: ReasoningFormat | null): (text: string, isLast: boolean) => DeltaText {
  const splitter = format && new ReasoningSplitter(format.tags, format.state)
  return (text, isLast) => {
    const { reasoning, content } = splitter ? splitter.push(text, isLast) : { reasoning: '', content: text }
    return {
      ...(reasoning !== '' && format?.isIncluded ? { reasoning_content: reasoning } : {}),
      ...(content === '' ? {} : { content }),
    }
  }
}
