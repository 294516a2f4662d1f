import { setTimeout as delay } from 'node:timers/promises'
import { withTimeout } from '@tandem/process'
import type { Connection, HttpAnswer } from './connection.js'
import { judgeStatus } from './judge-answer.js'
import { parseJson, readError } from './read-error.js'
import { retryWaitMs } from './retry-wait.js'

/** A request of a batch. */
export interface Question {
  /** A path of the API, such as /v1/chat/completions. */
  readonly path: string
  readonly body: object
  /** The header x-request-id: the name of the request in the log of the gateway. */
  readonly requestId: string
}

/** The result of a request: an answer, or an error of this request only. */
export interface Outcome {
  readonly status: number
  /** The parsed body. */
  readonly body: unknown
}

/** How long to try. */
export interface Patience {
  /** Maximum time of one attempt, in milliseconds. */
  readonly timeoutMs: number
  /**
   * Maximum time to try a request again while no other request of the connection has an outcome, in
   * milliseconds.
   */
  readonly retryForMs: number
}

/** Attempts of a request that the server fails with 500. */
const maxFailures = 3

/** The service cannot answer: the run ends, and can be resumed. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
}

type Attempt = { readonly answer: HttpAnswer } | { readonly fault: Error }

/**
 * Asks until there is an outcome. 429, 503 and lost connections are tried again, after the time
 * that the server asks for.
 * @throws ServiceError if the server refuses every request, or does not answer within the
 *   patience; the signal's reason
 */
export async function ask(
  connection: Connection,
  question: Question,
  { timeoutMs, retryForMs }: Patience,
  signal: AbortSignal,
): Promise<Outcome> {
  let failedMs = 0
  let failures = 0
  for (let attempt = 0; ; attempt++) {
    const result = await tryOnce(connection, question, timeoutMs, signal)
    if ('answer' in result && judgeStatus(result.answer.status) === 'retry-then-row') failures++
    const outcome = 'answer' in result ? resolve(connection, result.answer, failures) : null
    const nowMs = performance.now()
    if (outcome) {
      connection.lastOutcomeMs = nowMs
      return outcome
    }
    if (attempt === 0) failedMs = nowMs
    const waitMs = retryWaitMs(attempt, 'answer' in result ? result.answer.retryAfter : undefined)
    // While other requests get answers, the service works and this one only waits for its turn.
    if (nowMs + waitMs > Math.max(failedMs, connection.lastOutcomeMs) + retryForMs)
      throw exhausted(connection.url, result, retryForMs)
    await delay(waitMs, undefined, { signal })
  }
}

async function tryOnce(
  connection: Connection,
  { path, body, requestId }: Question,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    return { answer: await connection.post(path, body, requestId, withTimeout(timeoutMs, signal)) }
  } catch (error) {
    signal.throwIfAborted()
    return { fault: error instanceof Error ? error : new Error(String(error)) }
  }
}

/**
 * The outcome of an answer; null if it is to be tried again.
 * @param failures answers with 500 so far, this one included
 * @throws ServiceError if no other request can be answered either
 */
function resolve({ url }: Connection, { status, text }: HttpAnswer, failures: number): Outcome | null {
  const verdict = judgeStatus(status)
  if (verdict === 'retry' || (verdict === 'retry-then-row' && failures < maxFailures)) return null
  if (verdict === 'end') throw new ServiceError(`${url} answered ${status}: ${readError(text).message}`)
  const body = parseJson(text)
  if (body === undefined && status === 200)
    throw new ServiceError(`${url} answered with text that is not JSON; expected an OpenAI-compatible server`)
  return { status, body: body ?? { error: readError(text) } }
}

function exhausted(url: string, result: Attempt, retryForMs: number): ServiceError {
  const limit = `and did not recover within ${retryForMs / 1000} s`
  if ('fault' in result)
    return new ServiceError(`no server answers at ${url} (${result.fault.message}), ${limit}`, { cause: result.fault })
  const { status, text } = result.answer
  return new ServiceError(`${url} answered ${status} (${readError(text).message}), ${limit}`)
}
