import type { Server } from '../chat-client.js'
import type { Context } from '../commands/context.js'
import type { PairOptions } from '../sources/plan-pair.js'
import { preparePair } from '../sources/prepare-pair.js'
import type { StackOptions } from './stack.js'
import { startStack } from './start-stack.js'

export type GatewayOptions = PairOptions &
  Pick<StackOptions, 'threads' | 'templateFrom' | 'apiKeys'> & {
    /** One process holds both models of an adapter's pair. */
    readonly paired?: boolean | undefined
    /** A running gateway; left out, one is started. */
    readonly url?: string | undefined
  }

/** Where to ask, and which model; undefined: the first that the server lists. */
export interface Gateway {
  readonly server: Server
  readonly model: string | undefined
}

/**
 * Runs `work` with the gateway at `url`, or with services and a gateway of its own on a free port, which end with it.
 * @throws Error where models are named for a gateway that has its own
 */
export async function withGateway(
  options: GatewayOptions,
  context: Context,
  work: (gateway: Gateway) => Promise<void>,
): Promise<void> {
  const { url, sft, dpo, precision, apiKeys } = options
  if (url !== undefined) {
    if (sft !== undefined || dpo !== undefined || precision !== undefined)
      throw new Error(
        '--url asks a gateway that runs already, with its own models; leave out --sft, --dpo and --precision, or --url',
      )
    return work({ server: { url, apiKey: apiKeys[0] }, model: options.pair })
  }
  const pair = await preparePair(options, context)
  // Nobody else is meant to reach this gateway, so it takes no keys from the environment.
  const stack = await startStack(pair, { ...options, host: '127.0.0.1', port: 0, apiKeys: [] }, context)
  try {
    await work({ server: { url: stack.url }, model: pair.name })
  } finally {
    await stack.group.stop()
  }
}
