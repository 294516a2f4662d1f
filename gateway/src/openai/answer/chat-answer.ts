import type { Token } from '../../decode/loop/token.js'
import type { ChatChunk } from '../schemas/chat-chunk.js'
import type { ChatCompletion, TokenLogprob } from '../schemas/chat-completion.js'
import { type AnswerHead, type AnswerWriter, type Opening, usageField } from './answer.js'
import { promptLogprobsField } from './prompt-logprobs.js'
import { createDeltaText, type ReasoningFormat, toMessageText } from './reasoning/reasoning-format.js'
import { candidatesField, generatedField } from './report-format.js'
import { timingsField } from './timing-format.js'
import { detailField, type TokenFormat } from './token-format.js'

/**
 * Creates the writer of answers of POST /v1/chat/completions.
 * @param reasoning null for models that do not think
 */
export function createChatWriter(
  head: AnswerHead,
  format: TokenFormat,
  hasLogprobs: boolean,
  reasoning: ReasoningFormat | null,
): AnswerWriter<ChatCompletion, ChatChunk> {
  const { id, created, model } = head
  const chunk = { id, object: 'chat.completion.chunk', created, model } as const
  const logprobs = (tokens: readonly Token[]) =>
    hasLogprobs ? { content: tokens.map((token) => toEntry(token, format)), refusal: null } : null
  const ids = (tokens: readonly Token[]) => (head.returnsTokenIds ? { token_ids: tokens.map((token) => token.id) } : {})
  const deltaTexts = new Map<number, ReturnType<typeof createDeltaText>>()
  const deltaText = (index: number) => {
    const found = deltaTexts.get(index) ?? createDeltaText(reasoning)
    deltaTexts.set(index, found)
    return found
  }
  const open = (index: number, { prompt, usage }: Opening): ChatChunk => ({
    ...chunk,
    choices: [{ index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null }],
    ...usageField(head.usageChunks, usage),
    ...(head.returnsTokenIds ? { prompt_token_ids: prompt.request.promptIds } : {}),
    decoding: head.decoding,
  })

  return {
    whole: (answers, usage) => ({
      id,
      object: 'chat.completion',
      created,
      model,
      choices: answers.map(({ text, tokens, ending, report }, index) => ({
        index,
        message: { role: 'assistant', ...toMessageText(text, reasoning), refusal: null },
        logprobs: logprobs(tokens),
        finish_reason: ending.finishReason,
        stop_reason: ending.stopReason,
        ...ids(tokens),
        ...detailField(tokens, format),
        ...timingsField(tokens, head),
        ...candidatesField(report),
      })),
      usage,
      ...(head.returnsTokenIds ? { prompt_token_ids: answers[0]?.prompt.request.promptIds } : {}),
      ...promptLogprobsField(answers[0]?.promptTokens, head.promptLogprobs, format),
      decoding: { ...head.decoding, ...generatedField(answers.map(({ report }) => report)) },
    }),
    delta: (index, { text, tokens, ending, opening, report }, usage) => [
      ...(opening ? [open(index, opening)] : []),
      {
        ...chunk,
        choices: [
          {
            index,
            delta: deltaText(index)(text, ending !== null),
            logprobs: logprobs(tokens),
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
      },
    ],
    usage: (usage) => ({ ...chunk, choices: [], usage }),
  }
}

function toEntry({ id, logprob, top }: Token, format: TokenFormat): TokenLogprob {
  const entry = (tokenId: number, value: number | null) => ({
    token: format.name(tokenId),
    logprob: format.logprob(value),
    bytes: format.bytes(tokenId),
  })
  return { ...entry(id, logprob), top_logprobs: top.map((score) => entry(score.id, score.logprob)) }
}
