import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { gatewayMainPath } from '@tandem/gateway'
import { readLoad, readyAddress, type UpProcess } from '@tandem/test'
import { FaultProxy, type ProxyFaults } from './fault-proxy.js'
import { FaultStack, type FaultStackOptions } from './fault-stack.js'

/** A role of the pair. */
export type Side = 'sft' | 'dpo'
/** Both roles of the pair. */
export const sides = ['sft', 'dpo'] as const

/** How a stack with proxies is started. */
export interface ProxiedStackOptions extends FaultStackOptions {
  /** Returns what a proxy changes from the start. Default: nothing. */
  readonly faultsAt?: (side: Side, replica: number) => ProxyFaults
}

/**
 * A stack with a second gateway, which reaches each service only through a proxy. The first gateway
 * tells what an answer without a fault is.
 */
export class ProxiedStack {
  private constructor(
    readonly stack: FaultStack,
    /** The URL of the gateway behind which faults happen. */
    readonly url: string,
    /** The proxies of the replicas, in the order of their numbers. */
    readonly proxies: Readonly<Record<Side, readonly FaultProxy[]>>,
    private readonly gateway: ChildProcess,
  ) {}

  /**
   * Starts a stack, its proxies and the second gateway, which gets the environment too. Stop it.
   * @throws Error with the output of the gateway if it does not start
   */
  static async start({ faultsAt = () => ({}), ...options }: ProxiedStackOptions): Promise<ProxiedStack> {
    const stack = await FaultStack.start(options)
    const proxies: Record<Side, FaultProxy[]> = { sft: [], dpo: [] }
    const stopAll = async () => {
      for (const proxy of [...proxies.sft, ...proxies.dpo]) proxy.stop()
      await stack.stop()
    }
    try {
      const addresses: Record<Side, string[]> = { sft: [], dpo: [] }
      for (const side of sides)
        for (const service of replicasOf(stack, side)) {
          const proxy = new FaultProxy(service.address)
          proxy.faults = faultsAt(side, service.replica)
          proxies[side].push(proxy)
          addresses[side].push(await proxy.listen())
        }
      const { child, url } = await startGateway({
        TANDEM_SFT: addresses.sft.join(','),
        TANDEM_DPO: addresses.dpo.join(','),
        TANDEM_PAIR: stack.model,
        ...options.env,
      })
      return new ProxiedStack(stack, url, proxies, child)
    } catch (error) {
      await stopAll()
      throw error
    }
  }

  /** The process id of the gateway behind which faults happen. */
  get gatewayPid(): number {
    return this.gateway.pid ?? -1
  }

  /** All proxies. */
  get allProxies(): readonly FaultProxy[] {
    return [...this.proxies.sft, ...this.proxies.dpo]
  }

  /** Step messages that all services have got through the proxies. */
  get requests(): number {
    return this.allProxies.reduce((sum, { requests }) => sum + requests, 0)
  }

  /** Whether no service holds a session or has a message to answer. */
  async isIdle(): Promise<boolean> {
    const loads = await Promise.all(this.stack.services.map(({ address }) => readLoad(address)))
    return loads.every(({ sessions, queued }) => sessions === 0 && queued === 0)
  }

  /** Ends all processes. */
  async stop(): Promise<void> {
    await endProcess(this.gateway)
    for (const proxy of this.allProxies) proxy.stop()
    await this.stack.stop()
  }
}

/** The services of a side, in the order of their numbers. */
const replicasOf = ({ services }: FaultStack, side: Side): readonly UpProcess[] =>
  services.filter(({ role }) => role === side).sort((a, b) => a.replica - b.replica)

async function startGateway(env: Readonly<Record<string, string>>): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(gatewayMainPath, {
    env: { ...process.env, TANDEM_HOST: '127.0.0.1', TANDEM_PORT: '0', TANDEM_LOG_LEVEL: 'error', ...env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  return { child, url: await readyAddress(child, 'the gateway') }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
