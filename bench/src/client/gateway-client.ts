import type { ChatMessage } from '@tandem/models'
import { z } from 'zod'
import { firstModel } from './first-model.js'
import { type Chunk, readAnswer, type StreamedAnswer } from './read-answer.js'

/** The decoding of an answer: `decoding` of a request. */
export interface Arm {
  readonly strategy: 'aad' | 'greedy-dpo'
  readonly alpha?: number
  /**
   * The way to compute the tokens, which does not change them. "plain" runs one forward per step on
   * every model that is read.
   */
  readonly path: 'auto' | 'plain' | 'eager'
}

/** AAD on its fastest path. */
export const aadArm: Arm = { strategy: 'aad', path: 'auto' }
/** AAD on the plain path. */
export const plainAadArm: Arm = { strategy: 'aad', path: 'plain' }
/** Both models run every token, without speculation. */
export const eagerAadArm: Arm = { strategy: 'aad', path: 'eager' }
/** The baseline is the plain loop, without any faster path of greedy decoding. */
export const greedyArm: Arm = { strategy: 'greedy-dpo', path: 'plain' }

/** Token ids or a conversation. If the last message is an assistant's, the answer continues it. */
export type Prompt = { readonly promptIds: readonly number[] } | { readonly messages: readonly ChatMessage[] }

/** The request of an answer. */
export interface AnswerRequest {
  readonly prompt: Prompt
  readonly arm: Arm
  readonly maxTokens: number
  /** Additional headers of the request. */
  readonly headers?: Readonly<Record<string, string>>
}

const warmTokens = 8

const answerSchema = z.object({
  usage: z.object({ completion_tokens: z.number() }),
  choices: z.array(
    z.object({
      token_ids: z.array(z.number()).optional(),
      decoding_detail: z.array(z.object({ candidate_count: z.number().nullable() })).optional(),
    }),
  ),
})

/**
 * A client of the gateway for measurements. End tokens do not end its answers, so that all of them
 * have `maxTokens` tokens.
 */
export class GatewayClient {
  /** @param withPath strategies that accept `decoding.path`; the others have only one path */
  constructor(
    private readonly url: string,
    private readonly model: string,
    private readonly signal: AbortSignal,
    private readonly withPath: ReadonlySet<Arm['strategy']> = new Set(),
  ) {}

  /** Connects to a gateway. Reads the name of the pair and tests which strategies accept a path. */
  static async connect(url: string, signal: AbortSignal): Promise<GatewayClient> {
    const model = await firstModel(url, null, signal)
    const withPath = new Set<Arm['strategy']>()
    for (const strategy of ['aad', 'greedy-dpo'] as const) {
      const body = { model, prompt: [1], max_tokens: 1, decoding: { strategy, path: 'plain' } }
      if ((await post(`${url}/v1/completions`, body, signal)).ok) withPath.add(strategy)
    }
    return new GatewayClient(url, model, signal, withPath)
  }

  /** Whether AAD has a faster path than the plain one. */
  get hasFastPaths(): boolean {
    return this.withPath.has('aad')
  }

  /**
   * Streams an answer. Parses the chunks after the last one, so that the parsing does not slow down
   * the other processes.
   * @param onChunk called for each chunk
   */
  async stream(request: AnswerRequest, onChunk: () => void = () => undefined): Promise<StreamedAnswer> {
    const more = { stream: true, stream_options: { include_usage: true }, return_token_ids: true }
    const response = await this.send(request, {}, more)
    const chunks: Chunk[] = []
    for await (const bytes of response.body ?? []) {
      chunks.push({ atMs: performance.now(), bytes })
      onChunk()
    }
    return readAnswer(chunks)
  }

  /**
   * Requests a short answer from each arm, so that no measurement includes the first use of the
   * services.
   */
  async warmUp(prompt: Prompt, arms: readonly Arm[]): Promise<void> {
    for (const arm of arms) await this.stream({ prompt, arm, maxTokens: warmTokens })
  }

  /** Returns |V_alpha| of each step of an AAD answer. */
  async countCandidates(request: AnswerRequest): Promise<number[]> {
    const response = await this.send(request, { detail: true }, {})
    const [choice] = answerSchema.parse(await response.json()).choices
    return (choice?.decoding_detail ?? []).map((detail) => detail.candidate_count ?? 0)
  }

  private async send(
    { prompt, arm, maxTokens, headers = {} }: AnswerRequest,
    moreDecoding: object,
    more: object,
  ): Promise<Response> {
    const { path, ...rest } = arm
    const decoding = { ...rest, ...(this.withPath.has(arm.strategy) ? { path } : {}), ...moreDecoding }
    const body = { model: this.model, max_tokens: maxTokens, ignore_eos: true, decoding, ...more, ...fieldsOf(prompt) }
    const endpoint = 'messages' in prompt ? 'chat/completions' : 'completions'
    const response = await post(`${this.url}/v1/${endpoint}`, body, this.signal, headers)
    if (response.ok) return response
    throw new Error(`the gateway answered ${response.status}: ${(await response.text()).slice(0, 500)}`)
  }
}

function fieldsOf(prompt: Prompt): object {
  if ('promptIds' in prompt) return { prompt: prompt.promptIds }
  const isContinued = prompt.messages.at(-1)?.role === 'assistant'
  return { messages: prompt.messages, ...(isContinued ? { continue_final_message: true } : {}) }
}

const post = (url: string, body: object, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  })
