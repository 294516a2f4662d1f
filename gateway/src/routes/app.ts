import { randomUUID } from 'node:crypto'
import { shorten } from '@tandem/process'
import { type Handler, Hono } from 'hono'
import { except } from 'hono/combine'
import { ApiError } from '../openai/api-error.js'
import { requestIdSchema } from '../openai/request/request-id.js'
import { countError } from '../telemetry/request-metrics.js'
import { allowOrigins } from './allow-origins.js'
import { requireApiKey } from './api-keys.js'
import { createChatHandler, createCompletionHandler } from './completions.js'
import type { AppDependencies, AppEnvironment } from './dependencies.js'
import { docsPaths, serveDocs } from './docs.js'
import { createHealthHandlers } from './health.js'
import { createInfoHandlers } from './info.js'
import { showKeyLimits } from './key-limit-headers.js'
import { createModelHandlers } from './models.js'
import { writeOpenApi } from './openapi.js'
import { type OperationId, operationIds, operations } from './operations.js'
import { refuseWhileStopping } from './refuse-while-stopping.js'
import { createScoreHandler } from './score.js'
import { toResponse } from './to-response.js'
import { createTokenHandlers } from './tokens.js'

/** Routes that work without an API key. They reveal only whether the server is alive. */
const openPaths = operationIds.map((id) => operations[id]).flatMap(({ isOpen, path }) => (isOpen ? path : []))
/** Routes that answer until the process ends. */
const healthPaths = (['live', 'ready', 'healthy'] as const).map((id) => operations[id].path)
const routeHint =
  'send conversations to POST /v1/chat/completions and prompts to POST /v1/completions; /openapi.json lists all routes'

/** Creates the HTTP API of the gateway. Routes know nothing of decoding algorithms. */
export function createApp(dependencies: AppDependencies): Hono<AppEnvironment> {
  const { keys, corsOrigins, log, telemetry } = dependencies
  const app = new Hono<AppEnvironment>()

  app.use(async (context, next) => {
    const given = context.req.header('x-request-id')
    const { data: requestId } = requestIdSchema.safeParse(given)
    context.set('requestId', requestId ?? randomUUID())
    context.set('isRequestIdGiven', requestId !== undefined)
    await next()
    context.header('x-request-id', context.get('requestId'))
  })
  if (corsOrigins.length > 0) app.use(allowOrigins(corsOrigins))
  app.use(except(healthPaths, refuseWhileStopping(dependencies)))
  app.use(requireApiKey(keys, openPaths))
  app.use(showKeyLimits)

  const health = createHealthHandlers(dependencies)
  const models = createModelHandlers(dependencies)
  const info = createInfoHandlers(dependencies)
  const tokens = createTokenHandlers(dependencies)
  const openapi = writeOpenApi()
  const handlers: Readonly<Record<OperationId, Handler<AppEnvironment>>> = {
    ...health,
    ...info,
    ...tokens,
    openapi: (context) => context.body(openapi, 200, { 'content-type': 'application/json' }),
    listModels: models.list,
    getModel: models.one,
    createChatCompletion: createChatHandler(dependencies),
    createCompletion: createCompletionHandler(dependencies),
    score: createScoreHandler(dependencies),
  }
  for (const id of operationIds) {
    const { method, path } = operations[id]
    const route = path.replaceAll(/\{(\w+)\}/g, ':$1{.+}')
    app.on(method, route, handlers[id])
    refuseOtherMethods(app, route, method === 'GET' ? 'GET, HEAD' : method)
  }
  serveDocs(app)
  for (const path of docsPaths) refuseOtherMethods(app, path, 'GET, HEAD')
  app.notFound((context) =>
    toResponse(
      new ApiError(404, `unknown route ${context.req.method} ${shorten(context.req.path)}: ${routeHint}`, {
        code: 'not_found',
      }),
    ),
  )
  app.onError((error, context) => {
    const answer = ApiError.from(error)
    const requestId = context.get('requestId')
    if (answer.status >= 500) log.error({ err: error, requestId }, 'a request failed')
    else log.debug({ ...describeRefusal(answer, telemetry), requestId }, 'a request was refused')
    if (!context.get('isRecorded')) countError(telemetry.metrics, answer, context.get('key')?.name ?? null)
    return toResponse(answer)
  })
  return app
}

/** Describes a refusal for the log. Its message may quote the request, even a prompt. */
function describeRefusal(answer: ApiError, { hasContent }: AppDependencies['telemetry']): object {
  const { status, body } = answer
  const { code, param } = body.error
  return { status, code, param, ...(hasContent ? { err: answer } : {}) }
}

function refuseOtherMethods(app: Hono<AppEnvironment>, path: string, allowed: string): void {
  app.all(path, (context) => {
    throw new ApiError(405, `${context.req.path} accepts ${allowed}, not ${context.req.method}`, {
      code: 'method_not_allowed',
      headers: { allow: allowed },
    })
  })
}
