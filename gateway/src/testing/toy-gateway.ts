import pino from 'pino'
import { KeyStore } from '../access/key-store.js'
import { ActiveAnswers } from '../decode/answers/active-answers.js'
import { Admission } from '../routes/admission.js'
import { createApp } from '../routes/app.js'
import type { AppDependencies } from '../routes/dependencies.js'
import { connectModels } from '../session/models/connect-models.js'
import type { Pair } from '../session/models/pair.js'
import { createGatewayTelemetry } from '../telemetry/gateway-telemetry.js'
import { checkAnswers } from './checked-app.js'
import { parseEvents } from './parse-events.js'
import { ToyService } from './toy-service.js'
import { openToyReplicas } from './toy-sets.js'

/** The toy services behind a gateway. */
export interface ToyServices {
  readonly dpo: ToyService
  readonly sft: ToyService
  readonly others: Readonly<Record<string, ToyService>>
}

/** Changes of the app's dependencies. */
export type ToyChanges = Partial<AppDependencies> & {
  /** API keys without names and limits. */
  readonly apiKeys?: readonly string[]
}

/** An app over toy services. */
export interface ToyGateway extends ToyServices {
  readonly pair: Pair
  app(changes?: ToyChanges): ReturnType<typeof createApp>
  post(path: string, body: object, init?: RequestInit): Promise<Response>
  stop(): void
}

/**
 * Starts toy services: the pair and those of `otherNames`, and creates the app over them.
 * @param replayTimeoutMs time to wait for a service that is gone
 */
export async function startToyGateway(
  prepare: (services: ToyServices) => void = () => undefined,
  templateFrom = 'dpo',
  otherNames: readonly string[] = [],
  replayTimeoutMs = 500,
): Promise<ToyGateway> {
  const others = Object.fromEntries(otherNames.map((name, i) => [name, new ToyService(2003 + i)]))
  const services = { dpo: new ToyService(3), sft: new ToyService(1009), others }
  prepare(services)
  const { dpo, sft } = services
  const all = Object.entries({ dpo, sft, ...others })
  const start = async ([name, service]: [string, ToyService]) => [name, [await service.start()]] as const
  const { logit } = openToyReplicas(new Map(await Promise.all(all.map(start))), new Map(), replayTimeoutMs)
  const stop = () => {
    for (const replicas of logit.values()) replicas.close()
    for (const [, service] of all) service.kill()
  }
  try {
    const pair = await connectModels(logit, templateFrom, AbortSignal.timeout(10_000))
    const dependencies: AppDependencies = {
      pair,
      pairName: 'toy',
      rewards: new Map(),
      keys: new KeyStore({ keys: [] }),
      corsOrigins: [],
      admission: new Admission({ maxConcurrent: 4, maxWaiting: 4 }),
      activeAnswers: new ActiveAnswers(),
      limits: { maxPromptTokens: 50, maxBodyBytes: 100_000, requestTimeoutMs: 10_000, receiveTimeoutMs: 5_000 },
      maxReplays: 4,
      stage: { current: 'serving' },
      stopping: new AbortController().signal,
      log: pino({ level: 'silent' }),
      telemetry: createGatewayTelemetry('toy'),
    }
    const app = ({ apiKeys, ...changes }: ToyChanges = {}) => {
      const keys = apiKeys ? new KeyStore({ keys: apiKeys }) : dependencies.keys
      return checkAnswers(createApp({ ...dependencies, keys, ...changes }))
    }
    const whole = app()
    return { ...services, pair, app, post: (path, body, init) => postJson(whole, path, body, init), stop }
  } catch (error) {
    stop()
    throw error
  }
}

/** Sends a JSON body to an app. */
export async function postJson(
  app: ReturnType<typeof createApp>,
  path: string,
  body: object,
  init: RequestInit = {},
): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) }
  return app.request(path, { ...init, method: 'POST', headers, body: JSON.stringify(body) })
}

/** Reads and parses all events of a response. */
export const readEvents = async (response: Response): Promise<unknown[]> => parseEvents(await response.text())
