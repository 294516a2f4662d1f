import type { Context } from 'hono'
import type { PreparedRequest } from '../openai/answer/answer.js'
import { prepareChat } from '../openai/request/chat-request.js'
import { prepareCompletion } from '../openai/request/completion-request.js'
import { requestIdSchema } from '../openai/request/request-id.js'
import { EngineSenders } from '../session/engine-senders.js'
import { modelOf } from '../session/pair.js'
import type { OpenSessions } from '../session/session.js'
import { prefixScopeOf } from './api-keys.js'
import type { AppDependencies, AppEnvironment } from './dependencies.js'
import { eventStream } from './event-stream.js'
import { streamAnswers, wholeAnswer } from './generate-answers.js'
import { readJsonBody } from './read-body.js'
import { RequestLifetime } from './request-lifetime.js'

type Prepare = typeof prepareChat

/** Handles both generating endpoints: parses the request, waits for admission, answers. */
function createHandler(dependencies: AppDependencies, prepare: Prepare) {
  const { pair, pairName, limits, rewards } = dependencies
  const { maxPromptTokens } = limits
  const judging = { rewards, timeoutMs: limits.requestTimeoutMs }
  return async (context: Context<AppEnvironment>): Promise<Response> => {
    const lifetime = new RequestLifetime(context.req.raw, dependencies)
    const { signal } = lifetime
    const body = await readJsonBody(context.req.raw, limits)
    nameRequest(context, body)
    const requestId = context.get('requestId')
    const request = await prepare({ body, pair, pairName, maxPromptTokens, requestId, signal, judging })
    return run(context, dependencies, request, lifetime)
  }
}

/** Sets the request id from the body, unless the header has set it. */
function nameRequest(context: Context<AppEnvironment>, body: Readonly<Record<string, unknown>>): void {
  const { data: requestId } = requestIdSchema.safeParse(body.request_id)
  if (requestId !== undefined && !context.get('isRequestIdGiven')) context.set('requestId', requestId)
}

/** Creates the handler of POST /v1/chat/completions. */
export const createChatHandler = (dependencies: AppDependencies) => createHandler(dependencies, prepareChat)
/** Creates the handler of POST /v1/completions. */
export const createCompletionHandler = (dependencies: AppDependencies) => createHandler(dependencies, prepareCompletion)

function run(
  context: Context<AppEnvironment>,
  { activeAnswers, limits, pair, log }: AppDependencies,
  request: PreparedRequest,
  lifetime: RequestLifetime,
): Promise<Response> {
  const { signal } = lifetime
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
  if (!request.isStreamed) return lifetime.run(async () => context.json(await wholeAnswer(generation, request, signal)))
  const onError = (error: unknown) =>
    log.warn({ err: error, requestId: context.get('requestId') }, 'a streamed answer failed')
  return lifetime.stream((onEnd) => eventStream(streamAnswers(generation, request, signal), { onError, onEnd }))
}
