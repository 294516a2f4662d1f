import { ServiceClient } from '@tandem/cli'
import { readLoad } from '@tandem/test'
import { z } from 'zod'
import type { LoadTarget } from './load-target.js'

const infoSchema = z.object({
  version: z.string(),
  models: z.array(
    z.object({
      name: z.string(),
      id: z.string(),
      precision: z.string(),
      engine: z.string(),
      replicas: z.object({ ready: z.number() }),
    }),
  ),
  limits: z.object({ concurrent_requests: z.number(), waiting_requests: z.number() }),
})

/** The memory of the keys and values of a model. */
export interface KeyValueFacts {
  /** As the service says (GetModel). */
  readonly bytesPerToken: number
  /** What a session of some tokens added to what the service holds (GetLoad), for each token. */
  readonly measuredBytesPerToken: number
  /** The limit of the service. */
  readonly maxBytes: number
}

/** What the server says of itself. */
export interface TargetFacts extends z.output<typeof infoSchema> {
  /** Replicas of the model of the pair that has the fewest. */
  readonly replicas: number
  /** By role. Empty for a gateway that was running before: its services are not known. */
  readonly keyValues: Readonly<Record<string, KeyValueFacts>>
}

/** Reads the facts of a target that has no load yet. */
export async function readFacts(target: LoadTarget, signal: AbortSignal): Promise<TargetFacts> {
  const headers: Record<string, string> = target.apiKey === null ? {} : { authorization: `Bearer ${target.apiKey}` }
  const response = await fetch(`${target.url}/info`, { headers, signal })
  if (!response.ok) throw new Error(`GET /info of ${target.url} answered ${response.status}: expected 200`)
  const info = infoSchema.parse(await response.json())
  const read = Object.entries(target.services).map(
    async ([role, address]) => [role, await readKeyValues(address, signal)] as const,
  )
  const keyValues = Object.fromEntries(await Promise.all(read))
  return { ...info, replicas: Math.min(...info.models.slice(0, 2).map(({ replicas }) => replicas.ready)), keyValues }
}

/** Tokens of the session that is measured: several chunks of a prompt. */
const sessionTokens = 256

async function readKeyValues(address: string, signal: AbortSignal): Promise<KeyValueFacts> {
  const client = new ServiceClient(address, signal)
  try {
    const { kvBytesPerToken, contextLength } = await client.getModel()
    const tokens = Math.min(sessionTokens, Math.floor(contextLength / 2))
    const before = await readLoad(address)
    const session = client.openSession()
    await session.append(Array.from({ length: tokens }, (_, i) => i % 64))
    const after = await readLoad(address)
    await session.close()
    const measuredBytesPerToken = (Number(after.kvBytes) - Number(before.kvBytes)) / tokens
    return { bytesPerToken: kvBytesPerToken, measuredBytesPerToken, maxBytes: Number(after.maxKvBytes) }
  } finally {
    client.close()
  }
}
