import pino from 'pino'
import { Admission } from '../routes/admission.js'
import { createApp } from '../routes/app.js'
import type { AppDependencies } from '../routes/dependencies.js'
import { type Pair, shakeHands } from '../session/handshake.js'
import { LogitServiceConnection, type Role } from '../session/service.js'
import { ToyService } from './toy-service.js'

export interface ToyGateway {
  readonly dpo: ToyService
  readonly sft: ToyService
  readonly pair: Pair
  app(changes?: Partial<AppDependencies>): ReturnType<typeof createApp>
  post(path: string, body: object, init?: RequestInit): Promise<Response>
  stop(): void
}

/** Two toy services and the app over them. */
export async function startToyGateway(
  prepare: (services: Readonly<Record<Role, ToyService>>) => void = () => undefined,
  templateFrom: Role = 'dpo',
): Promise<ToyGateway> {
  const services = { dpo: new ToyService(3), sft: new ToyService(1009) }
  prepare(services)
  const dpo = new LogitServiceConnection('dpo', await services.dpo.start())
  const sft = new LogitServiceConnection('sft', await services.sft.start())
  const stop = () => {
    dpo.close()
    sft.close()
    services.dpo.kill()
    services.sft.kill()
  }
  try {
    const pair = await shakeHands(dpo, sft, templateFrom)
    const dependencies: AppDependencies = {
      pair,
      pairName: 'toy',
      apiKeys: [],
      admission: new Admission({ maxConcurrent: 4, maxWaiting: 4 }),
      limits: { maxPromptTokens: 50, maxBodyBytes: 100_000, requestTimeoutMs: 10_000 },
      stopping: new AbortController().signal,
      log: pino({ level: 'silent' }),
    }
    const app = (changes: Partial<AppDependencies> = {}) => createApp({ ...dependencies, ...changes })
    const whole = app()
    return { ...services, pair, app, post: (path, body, init) => postJson(whole, path, body, init), stop }
  } catch (error) {
    stop()
    throw error
  }
}

export async function postJson(
  app: ReturnType<typeof createApp>,
  path: string,
  body: object,
  init: RequestInit = {},
): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined) }
  return app.request(path, { ...init, method: 'POST', headers, body: JSON.stringify(body) })
}

/** The JSON of every event of a stream; the last must be [DONE]. */
export async function readEvents(response: Response): Promise<unknown[]> {
  const events = (await response.text()).split('\n\n').filter((event) => event !== '')
  if (events.pop() !== 'data: [DONE]') throw new Error('the stream does not end with [DONE]')
  return events.map((event): unknown => JSON.parse(event.slice('data: '.length)))
}
