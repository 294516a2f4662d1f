import type { Token } from '../../decode/loop/token.js'
import type { CompletionLogprobs, TextChunk, TextCompletion } from '../schemas/text-completion.js'
import { type AnswerHead, type AnswerWriter, type Opening, type PreparedPrompt, usageField } from './answer.js'
import { createChoiceLogprobs, type ScoredPart } from './completion-logprobs.js'
import { promptLogprobsField } from './prompt-logprobs.js'
import { candidatesField, generatedField } from './report-format.js'
import { timingsField } from './timing-format.js'
import { detailField, type TokenFormat } from './token-format.js'

type ChoiceLogprobs = (part: ScoredPart) => CompletionLogprobs | null

/** Creates the writer of answers of POST /v1/completions. */
export function createCompletionWriter(
  head: AnswerHead,
  format: TokenFormat,
  topLogprobs: number | null,
): AnswerWriter<TextCompletion, TextChunk> {
  const { id, created, model } = head
  const base = { id, object: 'text_completion', created, model } as const
  /** The writers of the log-probabilities of streamed choices, by index. */
  const streamed = new Map<number, ChoiceLogprobs>()
  const begin = (prompt: PreparedPrompt): ChoiceLogprobs =>
    topLogprobs === null ? () => null : createChoiceLogprobs(format, topLogprobs, prompt)
  const promptField = (ids: readonly number[]) => (head.returnsTokenIds ? { prompt_token_ids: ids } : {})
  const ids = (tokens: readonly Token[]) => (head.returnsTokenIds ? { token_ids: tokens.map((token) => token.id) } : {})
  const continued = (index: number, opening: Opening | null): ChoiceLogprobs => {
    const found = streamed.get(index) ?? (opening ? begin(opening.prompt) : () => null)
    streamed.set(index, found)
    return found
  }

  return {
    whole: (answers, usage) => ({
      ...base,
      choices: answers.map(({ prompt, promptTokens, text, tokens, ending, report }, index) => ({
        index,
        text: (prompt.echo?.text ?? '') + text,
        logprobs: begin(prompt)({ promptTokens, tokens, text }),
        finish_reason: ending.finishReason,
        stop_reason: ending.stopReason,
        ...promptField(prompt.request.promptIds),
        ...promptLogprobsField(promptTokens, head.promptLogprobs, format),
        ...ids(tokens),
        ...detailField(tokens, format),
        ...timingsField(tokens, head),
        ...candidatesField(report),
      })),
      usage,
      decoding: { ...head.decoding, ...generatedField(answers.map(({ report }) => report)) },
    }),
    delta: (index, { text, tokens, ending, opening, report }, usage) => [
      {
        ...base,
        choices: [
          {
            index,
            text: (opening?.prompt.echo?.text ?? '') + text,
            logprobs: continued(index, opening)({ promptTokens: opening?.promptTokens ?? null, tokens, text }),
            finish_reason: ending?.finishReason ?? null,
            ...(ending ? { stop_reason: ending.stopReason } : {}),
            ...(opening ? promptField(opening.prompt.request.promptIds) : {}),
            ...ids(tokens),
            ...detailField(tokens, format),
            ...timingsField(tokens, head),
            ...candidatesField(report),
          },
        ],
        ...usageField(head.usageChunks, usage),
        ...(opening || report ? { decoding: { ...head.decoding, ...generatedField([report]) } } : {}),
      },
    ],
    usage: (usage) => ({ ...base, choices: [], usage }),
  }
}
