import { type ProcessRole, type Stack, startStack } from '@tandem/cli'
import { GatewayClient } from '../client/gateway-client.js'
import { pinnedTo } from '../cores.js'
import type { Keeper, Opened } from './keeper.js'
import type { Subject } from './subject.js'

/** The core of each process. */
export type Placement = Readonly<Record<ProcessRole, number>>

export interface RunningStack {
  readonly gateway: GatewayClient
  /** host:port of each logit service. */
  readonly services: Stack['services']
}

/**
 * Two logit services and the gateway, three processes, which `work` shares with other cases that want the same.
 * @param placement null: as `tandem up` starts them, bound to no core, with the default threads
 */
export function withStack<T>(
  { kept, ...subject }: Subject & { readonly kept: { readonly stacks: Keeper<RunningStack> } },
  placement: Placement | null,
  work: (stack: RunningStack) => Promise<T>,
): Promise<T> {
  const key = JSON.stringify([subject.pair.sft, subject.pair.dpo, placement])
  return kept.stacks.use(key, () => openStack(subject, placement), work)
}

async function openStack({ context, pair }: Subject, placement: Placement | null): Promise<Opened<RunningStack>> {
  const options = { host: '127.0.0.1', port: 0, apiKeys: [] }
  const pinned = placement && { threads: 1, launchers: launchersOf(placement) }
  const { url, services, group } = await startStack(pair, { ...options, ...pinned }, context)
  const close = () => group.stop()
  try {
    return { value: { gateway: await GatewayClient.connect(url, context.signal), services }, close }
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
