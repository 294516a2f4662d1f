import { type ProcessRole, startStack } from '@tandem/cli'
import { GatewayClient } from '../client/gateway-client.js'
import { pinnedTo } from '../cores.js'
import type { LruPool, Opened } from '../lru-pool.js'
import type { Subject } from './subject.js'

/** The core of each process. */
export type Placement = Readonly<Record<ProcessRole, number>>

/** A running stack. */
export interface RunningStack {
  readonly gateway: GatewayClient
  /** Address of each logit service, host:port. */
  readonly services: { readonly sft: string; readonly dpo: string }
  /** All processes, the gateway last. */
  readonly processes: readonly { readonly name: string; readonly pid: number }[]
  /** Where the processes serve their metrics. Empty if metrics are off. */
  readonly metricsUrls: readonly string[]
}

/**
 * Runs `work` on two logit services and a gateway, which other cases can share.
 * @param placement the core of each process, or null for the stack that `tandem up` starts, without
 *   bound cores and with the default threads
 */
export function withStack<T>(
  { shared, ...subject }: Subject & { readonly shared: { readonly stacks: LruPool<RunningStack> } },
  placement: Placement | null,
  work: (stack: RunningStack) => Promise<T>,
): Promise<T> {
  const key = JSON.stringify([subject.pair.sft, subject.pair.dpo, placement])
  return shared.stacks.use(key, () => openStack(subject, placement), work)
}

/** Starts a new stack. The caller closes it. */
export async function openStack(
  { context, pair }: Subject,
  placement: Placement | null,
): Promise<Opened<RunningStack>> {
  const options = { host: '127.0.0.1', port: 0, apiKeys: [] }
  const pinned = placement && { threads: 1, launchers: launchersOf(placement) }
  const { url, services, group, metrics } = await startStack(pair, { ...options, ...pinned }, context)
  const {
    sft: [sft = ''],
    dpo: [dpo = ''],
  } = services
  const close = () => group.stop()
  try {
    const gateway = await GatewayClient.connect(url, context.signal)
    const metricsUrls = metrics.map((endpoint) => endpoint.url)
    return { value: { gateway, services: { sft, dpo }, processes: group.processes, metricsUrls }, close }
  } catch (error) {
    await close()
    throw error
  }
}

const launchersOf = ({ sft, dpo, gateway }: Placement): Record<ProcessRole, readonly string[]> => ({
  sft: pinnedTo(sft),
  dpo: pinnedTo(dpo),
  gateway: pinnedTo(gateway),
})
