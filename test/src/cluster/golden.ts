import { endTokenId, type GoldenRow, readGoldenRows } from '../support/fixtures.js'
import type { ClientAnswer } from './client.js'

/** A request and the token ids of its answer by Hugging Face transformers at float32. */
export interface GoldenRequest {
  readonly body: object
  readonly tokenIds: readonly number[]
}

/** Returns the golden AAD answers of the embedded pair at alpha 0.1 as requests to a model. */
export const goldenRequests = (model: string): readonly GoldenRequest[] =>
  readGoldenRows('smollm2-pair.jsonl', ['aad'])
    .filter(({ params }) => params.alpha === 0.1)
    .map((row) => ({ body: bodyOf(row, model), tokenIds: row.token_ids }))

const bodyOf = ({ messages, max_tokens, params }: GoldenRow, model: string): object => ({
  model,
  messages,
  max_tokens,
  decoding: { strategy: 'aad', alpha: params.alpha },
})

/** Returns the token ids of an answer without the end token, which golden answers omit. */
export const tokensOf = ({ tokenIds, finish }: Pick<ClientAnswer, 'tokenIds' | 'finish'>): readonly number[] =>
  finish === 'stop' && tokenIds.at(-1) === endTokenId ? tokenIds.slice(0, -1) : tokenIds

/** Whether an answer is whole and has exactly these token ids. */
export const isSame = (answer: ClientAnswer, tokenIds: readonly number[] | undefined): boolean =>
  answer.error === null && tokenIds !== undefined && tokensOf(answer).join(' ') === tokenIds.join(' ')
