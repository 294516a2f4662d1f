import { serveApp } from './serve-app.js'
import { startToyGateway } from './toy-gateway.js'
import { ToyReward } from './toy-reward.js'
import { openToyReward } from './toy-sets.js'

/** A server of the pair `toy` and the reward model `picker`. */
export interface ServedToys {
  readonly url: string
  /** The vocabulary size: token ids are below it. */
  readonly vocabularySize: number
  /** The number of answers by `METHOD PATH STATUS`. */
  readonly answers: ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** Serves the whole app over HTTP with services in this process, and checks each answer. */
export async function serveToys(apiKey: string): Promise<ServedToys> {
  const toyReward = new ToyReward()
  const gateway = await startToyGateway()
  const reward = await openToyReward('picker', await toyReward.start())
  const app = gateway.app({
    apiKeys: [apiKey],
    rewards: new Map([['picker', reward]]),
  })
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
  return { url: server.url, vocabularySize: gateway.pair.vocabularyLimit, answers, stop }
}
