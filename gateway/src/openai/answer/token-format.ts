import type { Token } from '../../decode/loop/token.js'
import type { DecodeOptions, Text } from '../../text/index.js'
import type { DetailFields } from '../schemas/choice-fields.js'
import type { TokenDetail } from '../schemas/decoding-detail.js'
import { TextOffsets } from './offsets/text-offsets.js'

/** Formats tokens for `logprobs` and `decoding_detail`. */
export interface TokenFormat {
  /** The token as text, or as `token_id:ID` if the request asks for that. */
  name(id: number): string
  text(id: number): string
  bytes(id: number): number[]
  logprob(value: number | null): number
  detail(token: Token): TokenDetail | null
  /** Creates the offsets of tokens in a text. @param end the length of the text before them */
  offsets(options: DecodeOptions, end: number): TextOffsets
}

/** Stands for -Infinity, which JSON does not have; OpenAI uses the same number. */
const lowestLogprob = -9999

/**
 * Creates the token format of a request.
 * @param asTokenIds the field `return_tokens_as_token_ids`
 */
export function createTokenFormat(text: Text, asTokenIds: boolean): TokenFormat {
  const name = (id: number): string => (asTokenIds ? `token_id:${id}` : text.tokenText(id))
  const logprob = (value: number | null): number => Math.max(value ?? lowestLogprob, lowestLogprob)
  const compared = (values: { dpoLogprob: number; sftLogprob: number; advantage: number }) => ({
    dpo_logprob: logprob(values.dpoLogprob),
    sft_logprob: logprob(values.sftLogprob),
    advantage: values.advantage,
  })
  return {
    name,
    text: (id) => text.tokenText(id),
    bytes: (id) => [...text.tokenBytes(id)],
    logprob,
    offsets: (options, end) => new TextOffsets(text, options, end),
    detail: ({ id, detail }) =>
      detail && {
        token_id: id,
        token: name(id),
        ...compared(detail),
        candidate_count: detail.candidateCount,
        candidates_truncated: detail.candidates.length < (detail.candidateCount ?? 0),
        candidates: detail.candidates.map((candidate) => ({
          token_id: candidate.id,
          token: name(candidate.id),
          ...compared(candidate),
        })),
      },
  }
}

/** The details of each token of a choice, if requested. */
export function detailField(tokens: readonly Token[], format: TokenFormat): Pick<DetailFields, 'decoding_detail'> {
  return tokens.some(({ detail }) => detail) ? { decoding_detail: tokens.map((token) => format.detail(token)) } : {}
}
