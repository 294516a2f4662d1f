import { startGuardedToys, toyKeys } from './guarded-toys.js'
import { serveApp } from './serve-app.js'
import { ToyReward } from './toy-reward.js'
import { openToyReward } from './toy-sets.js'

/** A server of the pair `toy` and the reward model `picker`. */
export interface ServedToys {
  readonly url: string
  readonly apiKey: string
  /** The vocabulary size: token ids are below it. */
  readonly vocabularySize: number
  /** The number of answers by `METHOD PATH STATUS`. */
  readonly answers: ReadonlyMap<string, number>
  /** What is left of ended requests: sessions, leases, and replicas that are not ready. */
  findLeftovers(): string[]
  stop(): Promise<void>
}

/**
 * Serves the whole app over HTTP, and checks each answer. It has API keys with limits, and two
 * services of each model in this process.
 */
export async function serveToys(): Promise<ServedToys> {
  const toyReward = new ToyReward()
  const gateway = await startGuardedToys()
  const reward = await openToyReward('picker', await toyReward.start())
  const app = gateway.app({ rewards: new Map([['picker', reward]]) })
  const answers = new Map<string, number>()
  const { fetch } = app
  app.fetch = async (request, ...more) => {
    const response = await fetch(request, ...more)
    const route = `${request.method} ${new URL(request.url).pathname} ${response.status}`
    answers.set(route, (answers.get(route) ?? 0) + 1)
    return response
  }
  const server = await serveApp(app)
  const stop = async () => {
    await server.stop()
    gateway.stop()
    reward.replicas.close()
    toyReward.kill()
  }
  const { pair, findLeftovers } = gateway
  const { url } = server
  return { url, apiKey: toyKeys.ample, vocabularySize: pair.vocabularyLimit, answers, findLeftovers, stop }
}
