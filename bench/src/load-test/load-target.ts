import { type Context, preparePair, startStack } from '@tandem/cli'
import { startTinyStack } from '@tandem/test'
import { firstModel } from '../client/first-model.js'
import type { LoadArguments } from './arguments.js'

/** A gateway under load. */
export interface LoadTarget {
  readonly url: string
  readonly apiKey: string | null
  readonly model: string
  /**
   * host:port of a service of each model of the pair. Empty for a gateway that was running before.
   */
  readonly services: Readonly<Record<string, string>>
  /** What it is, for the report. */
  readonly what: string
  /** Stops what was started for the run. */
  stop(): Promise<void>
}

/** The part of a target that depends on how it was started. */
type Started = Omit<LoadTarget, 'model' | 'apiKey'>

/**
 * Starts the stack that the options name, or connects to the gateway of `--url`. The caller stops
 * it.
 */
export async function openTarget(args: LoadArguments, context: Context): Promise<LoadTarget> {
  const started = await startTarget(args, context)
  try {
    const model = args.model ?? (await firstModel(started.url, args.apiKey, context.signal))
    return { ...started, model, apiKey: args.apiKey }
  } catch (error) {
    await started.stop()
    throw error
  }
}

async function startTarget(args: LoadArguments, context: Context): Promise<Started> {
  if (args.url !== null)
    return { url: args.url, services: {}, what: `the gateway at ${args.url}`, stop: async () => undefined }
  return args.isTiny ? startTiny() : startEmbedded(args, context)
}

async function startTiny(): Promise<Started> {
  const { url, addresses, stop } = await startTinyStack()
  return { url, services: addresses, what: 'a tiny pair of random weights', stop }
}

async function startEmbedded({ replicas }: LoadArguments, context: Context): Promise<Started> {
  const pair = await preparePair({ paired: false }, context)
  const { url, services, group } = await startStack(
    pair,
    { host: '127.0.0.1', port: 0, apiKeys: [], replicas },
    context,
  )
  const {
    sft: [sft = ''],
    dpo: [dpo = ''],
  } = services
  return { url, services: { sft, dpo }, what: 'the embedded pair', stop: () => group.stop() }
}
