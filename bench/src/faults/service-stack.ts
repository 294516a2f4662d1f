import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { countLeaked } from './count-leaked.js'
import { buildPair, type PairFolders } from './pair-folders.js'
import { type FaultPair, promptsOf } from './prompts.js'
import { ServerProcess } from './server-process.js'

/** The addresses of the services, as a gateway is given them: host:port. */
export interface PairAddresses {
  readonly sft: readonly string[]
  readonly dpo: readonly string[]
}

/** The role of a service. */
export type Role = 'sft' | 'dpo'

/** How a stack is started. */
export interface ServiceStackOptions {
  /** Default: tiny. */
  readonly pair?: FaultPair
  /** Services of each model. Default: 1. */
  readonly replicas?: number
  /** Default: 1. */
  readonly gateways?: number
  /** Additional environment variables of every process, of gateways, and of services. */
  readonly env?: Readonly<Record<string, string>>
  readonly gatewayEnv?: Readonly<Record<string, string>>
  readonly serviceEnv?: Readonly<Record<string, string>>
  /** Returns the address of a service, host:port. Default: any free port of 127.0.0.1. */
  readonly listenAt?: (role: Role, index: number) => string
  /** Changes the addresses that gateways are given, e.g. to those of proxies. */
  readonly addressesFor?: (services: PairAddresses) => PairAddresses | Promise<PairAddresses>
}

const readyLimitMs = 120_000
const pollMs = 50

/** Services and gateways without a `tandem up`: a case ends and starts each by itself. */
export class ServiceStack {
  /** The name of the pair in the API. */
  readonly model = 'faulty'

  private constructor(
    readonly services: readonly ServerProcess[],
    readonly gateways: readonly ServerProcess[],
    /** Token ids of prompts for its models. */
    readonly prompts: readonly (readonly number[])[],
    private readonly replicas: number,
  ) {}

  /** Starts a stack at fp32. Stop it. */
  static async start(options: ServiceStackOptions): Promise<ServiceStack> {
    const { pair = 'tiny', replicas = 1, gateways = 1 } = options
    const folders = await buildPair(pair)
    const started: ServerProcess[] = []
    const start = async (server: Promise<ServerProcess>) => {
      started.push(await server)
      return server
    }
    try {
      const places = range(replicas).flatMap((i) => (['sft', 'dpo'] as const).map((role) => ({ role, i })))
      const services = await settleAll(places.map(({ role, i }) => start(startService(role, i, folders, options))))
      const addresses = await gatewayAddresses(services, options)
      const own = range(gateways).map((i) => start(startGateway(i, addresses, options)))
      return new ServiceStack(services, await settleAll(own), promptsOf(pair), replicas)
    } catch (error) {
      await Promise.all(started.map((server) => server.end('SIGKILL')))
      throw error
    }
  }

  /** The URL of the first gateway. */
  get url(): string {
    return this.gateways[0]?.address ?? ''
  }

  /** Returns the services of a model. */
  servicesOf(role: Role): readonly ServerProcess[] {
    return this.services.filter(({ name }) => name.startsWith(role.toUpperCase()))
  }

  /** Waits until each gateway is ready and finds all services ready. @throws Error if not */
  async waitUntilServing(): Promise<void> {
    const end = performance.now() + readyLimitMs
    for (;;) {
      const ready = await Promise.all(this.gateways.map(({ address }) => countReady(address)))
      if (ready.every((count) => count === this.replicas)) return
      if (performance.now() > end)
        throw new Error(`gateways find ${ready.join(' and ')} services ready of each model: expected ${this.replicas}`)
      await delay(pollMs)
    }
  }

  /** Waits until the services hold no sessions. @returns how many they still hold after a time */
  countLeaked(): Promise<number> {
    return countLeaked(this.services)
  }

  /** Ends all processes. */
  async stop(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.end('SIGKILL')))
    await Promise.all(this.services.map((service) => service.end('SIGKILL')))
  }
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i)

/** Waits for all, also if one fails, so that what has started can be ended. */
async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

const startService = (role: Role, index: number, folders: PairFolders, options: ServiceStackOptions) =>
  ServerProcess.start({
    name: `${role.toUpperCase()} service ${index + 1}`,
    script: 'services/dist/logit/main.js',
    env: {
      TANDEM_MODEL: folders[role],
      TANDEM_ROLE: role,
      TANDEM_LISTEN: options.listenAt?.(role, index) ?? '127.0.0.1:0',
      TANDEM_THREADS: '1',
      ...options.env,
      ...options.serviceEnv,
    },
    envAt: (address) => ({ TANDEM_LISTEN: address }),
  })

const startGateway = (index: number, { sft, dpo }: PairAddresses, options: ServiceStackOptions) =>
  ServerProcess.start({
    name: `gateway ${index + 1}`,
    script: 'gateway/dist/main.js',
    env: {
      TANDEM_SFT: sft.join(','),
      TANDEM_DPO: dpo.join(','),
      TANDEM_HOST: '127.0.0.1',
      TANDEM_PORT: '0',
      TANDEM_PAIR: 'faulty',
      ...options.env,
      ...options.gatewayEnv,
    },
    envAt: (address) => ({ TANDEM_PORT: new URL(address).port }),
  })

async function gatewayAddresses(
  services: readonly ServerProcess[],
  { addressesFor }: ServiceStackOptions,
): Promise<PairAddresses> {
  const of = (role: string) => services.filter(({ name }) => name.startsWith(role)).map(({ address }) => address)
  const own = { sft: of('SFT'), dpo: of('DPO') }
  return addressesFor === undefined ? own : addressesFor(own)
}

const infoSchema = z.object({ models: z.array(z.object({ replicas: z.object({ ready: z.number() }) })) })

/** Returns how many services of each model a gateway finds ready; 0 if it is not ready itself. */
async function countReady(url: string): Promise<number> {
  try {
    const [ready, info] = await Promise.all([fetch(`${url}/readyz`), fetch(`${url}/info`)])
    const { models } = infoSchema.parse(await info.json())
    await ready.arrayBuffer()
    return ready.ok ? Math.min(...models.map(({ replicas }) => replicas.ready)) : 0
  } catch {
    return 0
  }
}
