import type { Fields, Prompt } from '../prompts/index.js'

/** An answer of a model, as one side of a pair. */
export interface Answer {
  readonly text: string
  /** The reasoning of a model that thinks; null if there is none. */
  readonly reasoning: string | null
  readonly finishReason: string | null
  /** The ids of its tokens with the end token and the reasoning; null if the server sends none. */
  readonly tokenIds: readonly number[] | null
  /** The score of a reward model; null if there is none. */
  readonly score: number | null
}

/** A preference: one of two answers to a prompt is better. */
export interface Pair {
  readonly prompt: Prompt
  readonly chosen: Answer
  readonly rejected: Answer
  /** More columns, which TRL ignores. */
  readonly columns: Fields
}

/** Columns of a prompt that TRL passes to the chat template. */
export const templateFields = ['tools', 'chat_template_kwargs'] as const

/**
 * The row of a pair as TRL reads it: messages for conversations, strings for texts.
 * No column is named `margin`, which TRL's RewardTrainer would subtract in its loss.
 * @param isImplicit whether both sides begin with the prompt, as RewardTrainer prefers
 */
export function pairRow({ prompt, chosen, rejected, columns }: Pair, isImplicit: boolean): object {
  const side = (answer: Answer) => (isImplicit ? join(prompt.prompt, answer) : sideOf(prompt.prompt, answer))
  return {
    ...(isImplicit ? {} : { prompt: prompt.prompt }),
    chosen: side(chosen),
    rejected: side(rejected),
    ...templateColumns(prompt.body),
    index: prompt.index,
    score_chosen: chosen.score,
    score_rejected: rejected.score,
    finish_reason_chosen: chosen.finishReason,
    finish_reason_rejected: rejected.finishReason,
    token_ids_chosen: chosen.tokenIds,
    token_ids_rejected: rejected.tokenIds,
    ...columns,
  }
}

/** The fields of a prompt's body that change its tokens. */
export const templateColumns = (body: Fields): Fields =>
  Object.fromEntries(templateFields.flatMap((name) => (body[name] == null ? [] : [[name, body[name]]])))

const sideOf = (prompt: Prompt['prompt'], answer: Answer) =>
  typeof prompt === 'string' ? answer.text : [messageOf(answer)]

const join = (prompt: Prompt['prompt'], answer: Answer) =>
  typeof prompt === 'string' ? prompt + answer.text : [...prompt, messageOf(answer)]

/** The message of an answer. */
export const messageOf = ({ text, reasoning }: Answer) => ({
  role: 'assistant',
  content: text,
  ...(reasoning === null ? {} : { reasoning_content: reasoning }),
})
