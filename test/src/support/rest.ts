import type { GoldenRow } from './fixtures.js'
import { endTokenId } from './fixtures.js'

/** A completion: token ids without the end token, and text. */
export interface Answer {
  readonly promptIds: readonly number[] | undefined
  readonly tokenIds: readonly number[]
  readonly text: string
  readonly finish: string
  readonly decoding: unknown
}

interface Choice {
  readonly text?: string
  readonly message?: { readonly content?: string | null }
  readonly delta?: { readonly content?: string | null }
  readonly finish_reason?: string | null
  readonly token_ids?: readonly number[] | null
  readonly prompt_token_ids?: readonly number[] | null
}

interface Body {
  readonly choices?: readonly Choice[]
  readonly prompt_token_ids?: readonly number[] | null
  readonly decoding?: unknown
  readonly error?: { readonly message: string }
}

/** An endpoint for completions. */
export type Endpoint = '/v1/completions' | '/v1/chat/completions'

const requestLimitMs = 600_000

function post(url: string, endpoint: Endpoint, body: object, key: string | null): Promise<Response> {
  return fetch(url + endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(requestLimitMs),
  })
}

/**
 * Requests a completion.
 * @throws Error with the body if the status is not 200 or the answer has an error
 */
export async function complete(
  url: string,
  endpoint: Endpoint,
  body: object,
  key: string | null = null,
): Promise<Answer> {
  const response = await post(url, endpoint, { ...body, return_token_ids: true }, key)
  if (!response.ok) throw new Error(`${endpoint}: ${response.status} ${await response.text()}`)
  return joined([(await response.json()) as Body])
}

/** Requests the same as a stream and joins the token ids and texts of its chunks. */
export async function completeStreamed(url: string, endpoint: Endpoint, body: object): Promise<Answer> {
  const response = await post(url, endpoint, { ...body, return_token_ids: true, stream: true }, null)
  if (!response.ok) throw new Error(`${endpoint}: ${response.status} ${await response.text()}`)
  const events = (await response.text()).split('\n\n').filter((event) => event.startsWith('data: '))
  if (events.pop() !== 'data: [DONE]') throw new Error('the stream does not end with data: [DONE]')
  return joined(events.map((event) => JSON.parse(event.slice('data: '.length)) as Body))
}

function joined(bodies: readonly Body[]): Answer {
  const failed = bodies.find((body) => body.error)
  if (failed?.error) throw new Error(failed.error.message)
  const choices = bodies.flatMap((body) => body.choices ?? [])
  const finish = choices.flatMap((choice) => choice.finish_reason ?? [])
  if (finish.length !== 1) throw new Error(`expected one finish_reason, found ${finish.join(', ') || 'none'}`)
  const ids = choices.flatMap((choice) => choice.token_ids ?? [])
  return {
    promptIds:
      bodies.map((body) => body.prompt_token_ids).find(Boolean) ??
      choices.map((c) => c.prompt_token_ids).find(Boolean) ??
      undefined,
    tokenIds: finish[0] === 'stop' && ids.at(-1) === endTokenId ? ids.slice(0, -1) : ids,
    text: choices.map((choice) => choice.text ?? choice.message?.content ?? choice.delta?.content ?? '').join(''),
    finish: finish[0] ?? '',
    decoding: bodies.map((body) => body.decoding).find(Boolean),
  }
}

/**
 * Compares an answer with a golden row. Returns 'equal', or 'excused' if floats with this `error`
 * can differ at the first different step (fixtures/reference.py: margin < error * factor), or else
 * the expected and the found token.
 */
export function compare(row: GoldenRow, answer: Pick<Answer, 'tokenIds' | 'finish'>, error: number): string {
  const expected = row.token_ids
  const found = answer.tokenIds
  const length = Math.max(expected.length, found.length)
  let step = 0
  while (step < length && found[step] === expected[step]) step++
  if (step === length && answer.finish === row.finish) return 'equal'
  const margin = row.margins[step]
  if (isUndecided(row, step, error)) return 'excused'
  return (
    `prompt ${row.prompt}, ${row.method} ${JSON.stringify(row.params)}, step ${step} (margin ${margin}): ` +
    `expected ${expected[step] ?? row.finish}, found ${found[step] ?? answer.finish}`
  )
}

/**
 * Returns whether a step is too close to test. In a beam search any round can decide the best beam
 * and with it every token.
 */
export function isUndecided({ method, params, margins }: GoldenRow, step: number, error: number): boolean {
  if (method.endsWith('beam')) return margins.some((margin, round) => margin < error * 4 * (round + 1))
  return (margins[step] ?? Number.POSITIVE_INFINITY) < error * errorFactor({ method, params })
}

/**
 * Returns the factor by which an error of log p can change the margin of a step (the head of
 * fixtures/reference.py).
 */
function errorFactor({ method, params }: Pick<GoldenRow, 'method' | 'params'>): number {
  if (method === 'aad' || method === 'contrastive') return 4
  return method === 'eft' ? 2 * (2 * (params.beta ?? Number.NaN) - 1) : 2
}
