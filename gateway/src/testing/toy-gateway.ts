import type { createApp } from '../routes/app.js'
import { parseEvents } from './parse-events.js'
import { openToyApps, type ToyApps, type ToyOptions } from './toy-apps.js'
import { ToyService } from './toy-service.js'

export type { ToyChanges } from './toy-apps.js'

/** The toy services behind a gateway. */
export interface ToyServices {
  readonly dpo: ToyService
  readonly sft: ToyService
  readonly others: Readonly<Record<string, ToyService>>
}

/** An app over toy services. */
export interface ToyGateway extends ToyServices, Pick<ToyApps, 'pair' | 'app'> {
  post(path: string, body: object, init?: RequestInit): Promise<Response>
  stop(): void
}

interface ToyGatewayOptions extends ToyOptions {
  /** Changes the services before they start. */
  prepare?(services: ToyServices): void
  /** Names of models besides the pair. */
  readonly otherNames?: readonly string[]
}

/** Starts toy services: the pair and those of `otherNames`, and creates the app over them. */
export async function startToyGateway({
  prepare,
  otherNames = [],
  ...options
}: ToyGatewayOptions = {}): Promise<ToyGateway> {
  const others = Object.fromEntries(otherNames.map((name, i) => [name, new ToyService(2003 + i)]))
  const services = { dpo: new ToyService(3), sft: new ToyService(1009), others }
  prepare?.(services)
  const { dpo, sft } = services
  const all = Object.entries({ dpo, sft, ...others })
  const start = async ([name, service]: [string, ToyService]) => [name, [await service.start()]] as const
  const kill = () => {
    for (const [, service] of all) service.kill()
  }
  try {
    const addresses = new Map(await Promise.all(all.map(start)))
    const { pair, app, close } = await openToyApps(addresses, options)
    const whole = app()
    const stop = () => {
      close()
      kill()
    }
    return { ...services, pair, app, post: (path, body, init) => postJson(whole, path, body, init), stop }
  } catch (error) {
    kill()
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
