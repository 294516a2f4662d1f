import type { PromptToken, Token, TokenScore } from '../../decode/loop/token.js'
import type { CompletionLogprobs, TextChunk, TextCompletion } from '../schemas/text-completion.js'
import { type AnswerHead, type AnswerWriter, type PreparedPrompt, usageField } from './answer.js'
import { promptLogprobsField } from './prompt-logprobs.js'
import { candidatesField, generatedField } from './report-format.js'
import { timingsField } from './timing-format.js'
import { detailField, type TokenFormat } from './token-format.js'

interface ScoredToken {
  readonly id: number
  readonly logprob: number | null
  readonly top: readonly TokenScore[] | null
}

/** Creates the writer of answers of POST /v1/completions. */
export function createCompletionWriter(
  head: AnswerHead,
  format: TokenFormat,
  topLogprobs: number | null,
): AnswerWriter<TextCompletion, TextChunk> {
  const { id, created, model } = head
  const base = { id, object: 'text_completion', created, model } as const
  /** The offset of the next token in the text, by index of a streamed choice. */
  const offsets = new Map<number, number>()
  const logprobs = (tokens: readonly ScoredToken[], index: number | null) => {
    if (topLogprobs === null) return null
    const written = toLogprobs(tokens, format, index === null ? 0 : (offsets.get(index) ?? 0))
    if (index !== null) offsets.set(index, written.end)
    return written.logprobs
  }
  const promptField = (ids: readonly number[]) => (head.returnsTokenIds ? { prompt_token_ids: ids } : {})
  const ids = (tokens: readonly Token[]) => (head.returnsTokenIds ? { token_ids: tokens.map((token) => token.id) } : {})

  return {
    whole: (answers, usage) => ({
      ...base,
      choices: answers.map(({ prompt, promptTokens, text, tokens, ending, report }, index) => ({
        index,
        text: (prompt.echo ?? '') + text,
        logprobs: logprobs([...echoedTokens(prompt, promptTokens, topLogprobs ?? 0), ...tokens], null),
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
    open: (index, prompt, promptTokens, usage) => [
      {
        ...base,
        choices: [
          {
            index,
            text: prompt.echo ?? '',
            logprobs: promptTokens ? logprobs(promptTokens, index) : null,
            finish_reason: null,
            ...promptField(prompt.request.promptIds),
          },
        ],
        ...usageField(head.usageChunks, usage),
        decoding: head.decoding,
      },
    ],
    delta: (index, { text, tokens, ending, report }, usage) => ({
      ...base,
      choices: [
        {
          index,
          text,
          logprobs: logprobs(tokens, index),
          finish_reason: ending?.finishReason ?? null,
          ...(ending ? { stop_reason: ending.stopReason } : {}),
          ...ids(tokens),
          ...detailField(tokens, format),
          ...timingsField(tokens, head),
          ...candidatesField(report),
        },
      ],
      ...usageField(head.usageChunks, usage),
      ...(report ? { decoding: { ...head.decoding, ...generatedField([report]) } } : {}),
    }),
    usage: (usage) => ({ ...base, choices: [], usage }),
  }
}

/**
 * The prompt's tokens if the answer repeats the prompt. Their scores may have been read for
 * `prompt_logprobs` only.
 */
function echoedTokens(
  { echo }: PreparedPrompt,
  tokens: readonly PromptToken[] | null,
  topCount: number,
): readonly PromptToken[] {
  if (echo === null || tokens === null) return []
  return tokens.map(({ top, ...token }) => ({ ...token, top: top?.slice(0, topCount) ?? null }))
}

function toLogprobs(
  tokens: readonly (ScoredToken | PromptToken)[],
  format: TokenFormat,
  start: number,
): { readonly end: number; readonly logprobs: CompletionLogprobs } {
  let end = start
  const offsets = tokens.map(({ id }) => {
    const offset = end
    end += format.name(id).length
    return offset
  })
  return {
    end,
    logprobs: {
      tokens: tokens.map(({ id }) => format.name(id)),
      token_logprobs: tokens.map(({ logprob }) => (logprob === null ? null : format.logprob(logprob))),
      top_logprobs: tokens.map((token) => toTop(token, format)),
      text_offset: offsets,
    },
  }
}

/** The most likely tokens and the token itself, by name; null for the first token of a prompt. */
function toTop({ id, logprob, top }: ScoredToken, format: TokenFormat): Record<string, number> | null {
  if (logprob === null) return null
  const entries: Record<string, number> = {}
  for (const score of [...(top ?? []), { id, logprob }]) {
    const name = format.name(score.id)
    // Two ids can have the same text, such as parts of characters: the more likely one is kept.
    entries[name] = Math.max(entries[name] ?? Number.NEGATIVE_INFINITY, format.logprob(score.logprob))
  }
  return entries
}
