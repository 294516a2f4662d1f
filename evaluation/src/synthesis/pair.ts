import { type Answer, messageOf } from '../answers/answer.js'
import { templateColumns } from '../answers/template-columns.js'
import type { Fields, Prompt } from '../prompts/index.js'

/** A preference: one of two answers to a prompt is better. */
export interface Pair {
  readonly prompt: Prompt
  readonly chosen: Answer
  readonly rejected: Answer
  /** More columns, which TRL ignores. */
  readonly columns: Fields
}

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

const sideOf = (prompt: Prompt['prompt'], answer: Answer) =>
  typeof prompt === 'string' ? answer.text : [messageOf(answer)]

const join = (prompt: Prompt['prompt'], answer: Answer) =>
  typeof prompt === 'string' ? prompt + answer.text : [...prompt, messageOf(answer)]
