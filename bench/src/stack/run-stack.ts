import { type ProcessRole, type Stack, startStack } from '@tandem/cli'
import type { Bench } from '../case.js'
import { GatewayClient } from '../client/gateway-client.js'
import { pinnedTo } from '../cores.js'

/** The core of each process. */
export type Placement = Readonly<Record<ProcessRole, number>>

export interface RunningStack {
  readonly gateway: GatewayClient
  /** host:port of each logit service. */
  readonly services: Stack['services']
}

/**
 * Two logit services and the gateway, three processes, for as long as `work` takes.
 * @param placement null: as `tandem up` starts them, bound to no core, with the default threads
 */
export async function withStack<T>(
  { context, pair }: Bench,
  placement: Placement | null,
  work: (stack: RunningStack) => Promise<T>,
): Promise<T> {
  const options = { host: '127.0.0.1', port: 0, apiKeys: [] }
  const pinned = placement && { threads: 1, launchers: launchersOf(placement) }
  const { url, services, group } = await startStack(pair, { ...options, ...pinned }, context)
  try {
    return await work({ gateway: await GatewayClient.connect(url, context.signal), services })
  } finally {
    await group.stop()
  }
}

const launchersOf = ({ sft, dpo, gateway }: Placement): Record<ProcessRole, readonly string[]> => ({
  sft: pinnedTo(sft),
  dpo: pinnedTo(dpo),
  gateway: pinnedTo(gateway),
})
