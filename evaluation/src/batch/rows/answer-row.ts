import type { Outcome } from '../http/ask.js'
import { readError } from '../http/read-error.js'
import { readUsage } from '../read-usage.js'
import type { BatchJob } from './batch-job.js'
import { readChoice } from './read-choice.js'

/**
 * The row of a job in TRL's prompt-completion form: messages for conversations, texts for texts.
 * TRL ignores the other columns. A prompt that was refused has an error and no completion.
 */
export function answerRow({ prompt, sample, seed }: BatchJob, { status, body }: Outcome): object {
  const head = { index: prompt.index, sample, prompt: prompt.prompt }
  const tail = Object.keys(prompt.columns).length === 0 ? {} : { meta: prompt.columns }
  if (status !== 200) {
    const error = { status, ...readError(JSON.stringify(body)) }
    return { ...head, completion: null, finish_reason: null, usage: null, seed, error, ...tail }
  }
  const { text, reasoning, finishReason, tokenIds } = readChoice(body)
  const message = { role: 'assistant', content: text, ...(reasoning === null ? {} : { reasoning_content: reasoning }) }
  return {
    ...head,
    completion: typeof prompt.prompt === 'string' ? text : [message],
    finish_reason: finishReason,
    usage: readUsage(body),
    ...(tokenIds === null ? {} : { token_ids: tokenIds }),
    seed,
    error: null,
    ...tail,
  }
}
