import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeyStore } from '../access/key-store.js'
import { openToyApps, type ToyApps } from './toy-apps.js'
import { ToyService } from './toy-service.js'

/** The API keys of `startGuardedToys`, which are in a file with names and limits. */
export const toyKeys = {
  /** Its limits are so high that they refuse no request of a test. */
  ample: 'a-key',
  /** Another valid key with the same limits. */
  other: 'other',
  /** One request per minute. */
  oneRequest: 'one-request',
  /** Ten tokens per minute. */
  fewTokens: 'few-tokens',
} as const

// Two at once: if requests did not give back their places, the third one would be refused.
const ample = 'concurrent=2 requests_per_minute=100000000 tokens_per_minute=1000000000'
const keyFile = `# keys of tests
${toyKeys.ample} name=ample ${ample}
${toyKeys.other} name=other ${ample}
${toyKeys.oneRequest} name=one-request concurrent=2 requests_per_minute=1 tokens_per_minute=1000000000
${toyKeys.fewTokens} name=few-tokens concurrent=2 requests_per_minute=100000000 tokens_per_minute=10
`

/** A gateway as operators run it: API keys with limits, and two replicas of each model. */
export interface GuardedToys extends Pick<ToyApps, 'pair' | 'app'> {
  /** All replicas of both models. */
  readonly services: readonly ToyService[]
  /** What is left of ended requests: sessions, leases, and replicas that are not ready. */
  findLeftovers(): string[]
  stop(): void
}

/** Starts two replicas of each model, and reads the keys. Stop it. */
export async function startGuardedToys(): Promise<GuardedToys> {
  const salts = { dpo: 3, sft: 1009 }
  const models = Object.entries(salts).map(
    ([name, salt]) => [name, [new ToyService(salt), new ToyService(salt)]] as const,
  )
  const services = models.flatMap(([, replicas]) => replicas)
  const kill = () => {
    for (const service of services) service.kill()
  }
  try {
    const addresses = models.map(async ([name, replicas]) => {
      return [name, await Promise.all(replicas.map((replica) => replica.start()))] as const
    })
    const apps = await openToyApps(new Map(await Promise.all(addresses)))
    const keys = await readKeys()
    const stop = () => {
      apps.close()
      kill()
    }
    const app: ToyApps['app'] = (changes) => apps.app({ keys, ...changes })
    return { pair: apps.pair, services, app, findLeftovers: () => findLeftovers(models, apps), stop }
  } catch (error) {
    kill()
    throw error
  }
}

async function readKeys(): Promise<KeyStore> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-keys-'))
  try {
    const file = join(folder, 'keys.txt')
    await writeFile(file, keyFile)
    return await KeyStore.open({ keys: [], file })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function findLeftovers(
  models: readonly (readonly [name: string, replicas: readonly ToyService[]])[],
  { replicas: sets }: ToyApps,
): string[] {
  return models.flatMap(([name, services]) => {
    const held = services.map(({ sessions }) => sessions.size)
    const described = sets.get(name)?.describe() ?? []
    return [
      ...(held.every((count) => count === 0) ? [] : [`the replicas of ${name} hold ${held.join(' and ')} sessions`]),
      ...described.flatMap(({ sessions }) => (sessions === 0 ? [] : [`${sessions} leases of a replica of ${name}`])),
      ...described.flatMap(({ state, fault }) =>
        state === 'ready' ? [] : [`a replica of ${name} is ${state}: ${fault}`],
      ),
      ...(described.length === services.length ? [] : [`${described.length} replicas of ${name} are known`]),
    ]
  })
}
