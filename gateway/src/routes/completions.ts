import type { Context } from 'hono'
import type { PreparedRequest } from '../openai/answer.js'
import { prepareChat } from '../openai/chat-request.js'
import { prepareCompletion } from '../openai/completion-request.js'
import { requestIdSchema } from '../openai/request-id.js'
import { EngineSenders } from '../session/engine-senders.js'
import { modelOf } from '../session/pair.js'
import type { OpenSessions } from '../session/session.js'
import { prefixScopeOf } from './api-keys.js'
import type { AppDependencies, AppEnvironment } from './dependencies.js'
import { eventStream } from './event-stream.js'
import { streamAnswers, wholeAnswer } from './generation.js'
import { readJsonBody } from './read-body.js'
import { requestSignal } from './request-signal.js'

type Prepare = typeof prepareChat

/** Both generating endpoints: parse, wait for a place, answer. */
function createHandler(dependencies: AppDependencies, prepare: Prepare) {
  return async (context: Context<AppEnvironment>): Promise<Response> => {
    const { pair, pairName, limits, rewards } = dependencies
    const judging = { rewards, timeoutMs: limits.requestTimeoutMs }
    const reader = new AbortController()
    const signal = requestSignal(context.req.raw, dependencies, reader.signal)
    const body = await readJsonBody(context.req.raw, limits)
    nameRequest(context, body)
    const caller = { requestId: context.get('requestId'), signal }
    const request = await prepare(body, pair, pairName, limits, caller, judging)
    return run(context, dependencies, request, reader, signal)
  }
}

/** By its body, where the header has not done so. */
function nameRequest(context: Context<AppEnvironment>, body: Readonly<Record<string, unknown>>): void {
  const { data: requestId } = requestIdSchema.safeParse(body.request_id)
  if (requestId !== undefined && !context.get('isRequestIdGiven')) context.set('requestId', requestId)
}

export const createChatHandler = (dependencies: AppDependencies) => createHandler(dependencies, prepareChat)
export const createCompletionHandler = (dependencies: AppDependencies) => createHandler(dependencies, prepareCompletion)

/** @param reader aborts `signal` when a stream's reader has gone */
async function run(
  context: Context<AppEnvironment>,
  dependencies: AppDependencies,
  request: PreparedRequest,
  reader: AbortController,
  signal: AbortSignal,
): Promise<Response> {
  const { admission, activeAnswers, limits, pair, log } = dependencies
  const prefixScope = prefixScopeOf(context.req.header('authorization'), request.cacheSalt)
  const senders = new EngineSenders()
  const open: OpenSessions = (model, sessionSignal) =>
    modelOf(pair.models, model).service.openSessions({
      vocabularyLimit: pair.vocabularyLimit,
      stepTimeoutMs: limits.requestTimeoutMs,
      signal: sessionSignal,
      prefixScope,
      senders,
    })
  const generation = { open, text: pair.text, activeAnswers, sharesDevice: pair.sharesDevice }
  const leave = await admission.acquire(signal)
  let isStreaming = false
  try {
    if (!request.isStreamed) return context.json(await wholeAnswer(generation, request, signal))
    const chunks = streamAnswers(generation, request, signal)
    const onEnd = () => {
      reader.abort()
      leave()
    }
    const onError = (error: unknown) =>
      log.warn({ err: error, requestId: context.get('requestId') }, 'an answer was broken off')
    const response = await eventStream(chunks, { onError, onEnd })
    // A reader that neither reads nor goes holds its place until the deadline, no longer.
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
    isStreaming = true
    return response
  } finally {
    if (!isStreaming) leave()
  }
}
