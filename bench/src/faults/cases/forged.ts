import { credentials } from '@grpc/grpc-js'
import {
  channelOptions,
  emptyPrefixHash,
  extendPrefixHash,
  LogitService,
  type LogitServiceClient,
  type StepRequest,
  type StepResponse__Output,
} from '@tandem/proto'
import type { FaultCase } from '../case.js'
import { ServiceStack } from '../service-stack.js'
import { Tally } from '../tally.js'

const sessionId = 'owned'
const ids = [4, 388, 365]
const limitMs = 60_000

/** What another connection tries with the id of a session that is not its own. */
const attacks: Readonly<Record<string, StepRequest>> = {
  'read its next token': { steps: [stepAt(ids, [7])] },
  'fork it': { forks: [{ fromSessionId: sessionId, toSessionId: 'stolen' }] },
  'reorder it': { reorder: { sessionIds: [sessionId], parents: [0] } },
  'close it': { closeSessionIds: [sessionId] },
}

/** F10: the id of a session is used on a connection that does not own it. */
export const forged: readonly FaultCase[] = [
  {
    key: 'F10-ids',
    title: 'the id of a session is reused or forged on another connection',
    expected: 'it reads nothing, and the session goes on',
    run: async () => {
      const stack = await ServiceStack.start({})
      const [service] = stack.servicesOf('dpo')
      const [owner, other] = [openClient(service?.address ?? ''), openClient(service?.address ?? '')]
      try {
        const tally = new Tally()
        await send(owner, { steps: [stepAt([], ids)] })
        for (const [name, request] of Object.entries(attacks)) {
          const { results, error } = await send(other, request)
          const gets = results.some(({ rows }) => rows.length > 0)
          const isRefused = !gets && (name === 'close it' || error !== null || results.some((result) => result.error))
          tally.add(`${name}: ${isRefused ? 'no effect' : 'allowed'}`, isRefused)
        }
        const { results } = await send(owner, { steps: [stepAt(ids, [7])], closeSessionIds: [sessionId] })
        const goesOn = results[0]?.error === null && results[0].rows.length === 1
        tally.add(goesOn ? 'the owner goes on' : 'the owner has lost it', goesOn)
        return tally.result(await stack.countLeaked())
      } finally {
        owner.close()
        other.close()
        await stack.stop()
      }
    },
  },
]

/** Opens a client with a connection of its own. */
const openClient = (address: string): LogitServiceClient =>
  new LogitService(address, credentials.createInsecure(), { ...channelOptions, 'grpc.use_local_subchannel_pool': 1 })

function stepAt(before: readonly number[], tokenIds: readonly number[]) {
  const prefixHash = extendPrefixHash(emptyPrefixHash, before).toString()
  const readouts = [{ topK: { k: 1 } }]
  return {
    sessionId,
    position: before.length,
    prefixHash,
    tokenIds: [...tokenIds],
    rows: 'ROWS_LAST' as const,
    readouts,
  }
}

const send = (client: LogitServiceClient, request: StepRequest): Promise<StepResponse__Output> =>
  new Promise((resolve, reject) =>
    client.step(request, { deadline: Date.now() + limitMs }, (error, response) =>
      response ? resolve(response) : reject(error),
    ),
  )
