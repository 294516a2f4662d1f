import type { Context } from 'hono'
import type { KeyRequest } from '../access/key-usage.js'
import { generate } from '../decode/answers/generate.js'
import type { GenerationRequest } from '../decode/answers/generation-request.js'
import { neededModels } from '../decode/loop/needed-models.js'
import type { PreparedRequest } from '../openai/answer/answer.js'
import { writeJson } from '../openai/json/write-json.js'
import { countPromptsAtOnce } from '../openai/request/assert-sessions.js'
import { prepareChat } from '../openai/request/chat-request.js'
import { prepareCompletion } from '../openai/request/completion-request.js'
import { requestIdSchema } from '../openai/request/request-id.js'
import type { OpenSessions } from '../session/contract/session.js'
import { RequestSessions } from '../session/failover/request-sessions.js'
import { modelOf } from '../session/models/pair.js'
import { pickRelease } from '../session/replicas/pick-release.js'
import type { Operation } from '../telemetry/request-attributes.js'
import { RequestRecorder } from '../telemetry/request-recorder.js'
import { prefixScopeOf } from './api-keys.js'
import type { AppDependencies, AppEnvironment } from './dependencies.js'
import { eventStream } from './event-stream.js'
import { type Decoder, streamAnswers, wholeAnswer } from './generate-answers.js'
import { readJsonBody } from './read-body.js'
import { costOf, countTokens } from './request-cost.js'
import { RequestLifetime } from './request-lifetime.js'
import { startRequest } from './start-request.js'

type Prepare = typeof prepareChat

/** Handles both generating endpoints: parses the request, waits for admission, answers. */
function createHandler(dependencies: AppDependencies, operation: Operation, prepare: Prepare) {
  const { pair, pairName, limits, rewards } = dependencies
  const { maxPromptTokens } = limits
  return async (context: Context<AppEnvironment>): Promise<Response> => {
    const recorder = recordRequest(context, dependencies, operation)
    const judging = {
      rewards,
      timeoutMs: limits.requestTimeoutMs,
      traceparent: () => recorder.traceparent,
      onFailover: recorder.onFailover,
    }
    let keyRequest: KeyRequest | undefined
    try {
      keyRequest = startRequest(context)
      const lifetime = new RequestLifetime(context.req.raw, dependencies, keyRequest)
      const { signal } = lifetime
      const body = await readJsonBody(context.req.raw, limits)
      const bodyReadMs = performance.now()
      nameRequest(context, body)
      const requestId = context.get('requestId')
      const request = await prepare({ body, pair, pairName, maxPromptTokens, requestId, signal, judging })
      recorder.prepared(request, body, bodyReadMs)
      const { prompt, most } = costOf(request, body)
      keyRequest.takePrompt(prompt, most)
      return await run(context, dependencies, request, { lifetime, recorder, keyRequest })
    } catch (error) {
      keyRequest?.end()
      recorder.fail(error)
      throw error
    }
  }
}

/** Starts to record a request. The record ends when the connection has sent the last byte. */
function recordRequest(
  context: Context<AppEnvironment>,
  { telemetry, log }: AppDependencies,
  operation: Operation,
): RequestRecorder {
  context.set('isRecorded', true)
  const headers = context.req.header()
  const keyName = context.get('key')?.name ?? null
  const recorder = new RequestRecorder(telemetry, { operation, route: context.req.path, headers, keyName, log })
  context.env?.outgoing?.once('close', () => recorder.end(context.get('requestId')))
  return recorder
}

/** Sets the request id from the body, unless the header has set it. */
function nameRequest(context: Context<AppEnvironment>, body: Readonly<Record<string, unknown>>): void {
  const { data: requestId } = requestIdSchema.safeParse(body.request_id)
  if (requestId !== undefined && !context.get('isRequestIdGiven')) context.set('requestId', requestId)
}

/** Creates the handler of POST /v1/chat/completions. */
export const createChatHandler = (dependencies: AppDependencies) => createHandler(dependencies, 'chat', prepareChat)
/** Creates the handler of POST /v1/completions. */
export const createCompletionHandler = (dependencies: AppDependencies) =>
  createHandler(dependencies, 'text_completion', prepareCompletion)

interface RunningRequest {
  readonly lifetime: RequestLifetime
  readonly recorder: RequestRecorder
  /** The request's place among those of its API key. */
  readonly keyRequest: KeyRequest
}

function run(
  context: Context<AppEnvironment>,
  dependencies: AppDependencies,
  request: PreparedRequest,
  { lifetime, recorder, keyRequest }: RunningRequest,
): Promise<Response> {
  const prefixScope = prefixScopeOf(context.req.header('authorization'), request.cacheSalt)
  const decoder: Decoder = {
    decode: createDecode(dependencies, { prefixScope, recorder, keyRequest }),
    takePlace: lifetime.tryPlace,
    maxPrompts: (prompt) => countPromptsAtOnce(prompt, dependencies.pair.models),
    signal: lifetime.signal,
  }
  recorder.waiting()
  if (!request.isStreamed)
    return lifetime.run(async () => {
      recorder.admitted()
      const body = await wholeAnswer(decoder, request)
      return recorder.write(() => context.body(writeJson(body), 200, { 'content-type': 'application/json' }))
    })
  const onError = (error: unknown) => {
    recorder.fail(error)
    dependencies.log.warn({ err: error, requestId: context.get('requestId') }, 'a streamed answer failed')
  }
  return lifetime.stream((release) => {
    recorder.admitted()
    const onEnd = () => {
      recorder.streamEnded()
      release()
    }
    const write = (send: () => void) => recorder.write(send)
    const onPull = () => recorder.chunkTaken()
    const { pingMs } = dependencies
    return eventStream(streamAnswers(decoder, request), { pingMs, onError, onEnd, write, onPull })
  })
}

interface DecodeOptions extends Omit<RunningRequest, 'lifetime'> {
  readonly prefixScope: string
}

/** Creates the function that decodes one prompt of a request. */
function createDecode(
  { activeAnswers, limits, maxReplays, pair }: AppDependencies,
  { prefixScope, recorder, keyRequest }: DecodeOptions,
): Decoder['decode'] {
  const { text, sharesDevice, vocabularyLimit } = pair
  const createSessions = (prompt: GenerationRequest) => {
    const models = new Map([...pair.models].map(([name, model]) => [name, model.replicas]))
    const release = pickRelease([...neededModels(prompt)].map((name) => modelOf(pair.models, name).replicas))
    const limited = { vocabularyLimit, stepTimeoutMs: limits.requestTimeoutMs, maxReplays }
    return new RequestSessions({ ...limited, models, release, prefixScope, onFailover: recorder.onFailover })
  }
  // Not before the request is admitted: the release is one that is ready now. All prompts need the
  // same models.
  let sessions: RequestSessions | undefined
  return (prompt, firstIndex, signal) => {
    sessions ??= createSessions(prompt)
    const own = sessions
    const recording = recorder.recordPrompt(prompt, firstIndex)
    const { messages, steps, textTimer } = recording
    const options = { tokenIds: prompt.promptIds, messages }
    const open: OpenSessions = (model, sessionSignal) => own.open(model, options, sessionSignal)
    const generation = { open, text, activeAnswers, sharesDevice, steps, textTimer }
    return countTokens(recording.observe(generate(generation, prompt, signal)), prompt, keyRequest)
  }
}
