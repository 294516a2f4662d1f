import { askAll } from '../ask-during.js'
import { type Asked, askFirst } from '../asked.js'
import type { FaultCase, FaultSettings } from '../case.js'
import { ServiceStack } from '../service-stack.js'
import { Tally } from '../tally.js'
import { type LoadPeak, watchLoad } from '../watch-load.js'

/** What a stack did while its limit was exceeded. */
interface Reached extends LoadPeak {
  /** Sessions whose tokens were sent again, because a service no longer held them. */
  readonly replays: number
}

/** A limit that the load exceeds. */
interface Limit {
  readonly name: string
  readonly env: Readonly<Record<string, string>>
  /** Whether the load has really reached it. */
  isReached(reached: Reached): boolean
}

const maxSessions = 4
/** The keys and values of a few hundred tokens, with room for no prefix of a closed session. */
const kvBytes = 300_000

const limits: readonly Limit[] = [
  {
    name: 'session table full',
    env: { TANDEM_MAX_SESSIONS: `${maxSessions}` },
    isReached: ({ sessions }) => sessions === maxSessions,
  },
  {
    name: 'KV memory full',
    env: { TANDEM_KV_BYTES: `${kvBytes}` },
    isReached: (reached) => reached.kvBytes > 0.8 * kvBytes,
  },
  {
    name: 'sessions evicted while in use',
    env: { TANDEM_SESSION_TTL_MS: '10' },
    isReached: ({ replays }) => replays > 0,
  },
]
const maxTokens = 24
const kinds = 8
const [rounds, shortRounds] = [12, 2]
/** A busy machine may miss the moment at which the limit is reached: then more are asked for. */
const maxRounds = 40

/** F10: the memory of services is full, or their sessions are gone. */
export const limited: readonly FaultCase[] = [
  {
    key: 'F10',
    title: 'session table full; KV memory full; sessions evicted while in use',
    expected: 'the same tokens, perhaps later',
    run: async (settings) => {
      const tally = new Tally()
      const asked = await withStack({}, (stack) => askFirst(stack, { count: kinds, maxTokens }, settings.signal))
      let leaked = 0
      for (const limit of limits)
        leaked += await withStack(limit.env, (stack) => exceed(limit, stack, asked, tally, settings))
      return tally.result(leaked)
    },
  },
]

async function withStack<T>(serviceEnv: Readonly<Record<string, string>>, work: (stack: ServiceStack) => Promise<T>) {
  const stack = await ServiceStack.start({ serviceEnv })
  try {
    return await work(stack)
  } finally {
    await stack.stop()
  }
}

/**
 * Asks for all answers at the same time, more than once, until the limit has been reached.
 * @returns the sessions that leaked
 * @throws Error if the limit was not reached, so that nothing was tried
 */
async function exceed(
  { name, isReached }: Limit,
  stack: ServiceStack,
  asked: readonly Asked[],
  tally: Tally,
  { isShort, signal, log }: FaultSettings,
): Promise<number> {
  let reached: Reached = { sessions: 0, kvBytes: 0, replays: 0 }
  const planned = isShort ? shortRounds : rounds
  for (let round = 0; round < planned || (!isReached(reached) && round < maxRounds); round++) {
    const ask = () => askAll({ url: stack.url, asked, tally, label: name, signal })
    const peak = await watchLoad(stack.servicesOf('dpo')[0]?.address ?? '', ask)
    reached = {
      sessions: Math.max(reached.sessions, peak.sessions),
      kvBytes: Math.max(reached.kvBytes, peak.kvBytes),
      replays: await readReplays(stack.gateways[0]?.metricsUrl ?? ''),
    }
  }
  log(`${name}: ${JSON.stringify(reached)}`)
  if (!isReached(reached)) throw new Error(`${name}: the load has not reached the limit: ${JSON.stringify(reached)}`)
  return stack.countLeaked()
}

/** Reads how many sessions a gateway has sent again. */
async function readReplays(metricsUrl: string): Promise<number> {
  const metrics = await (await fetch(metricsUrl)).text()
  const counts = [...metrics.matchAll(/^tandem_session_replays_total\{[^}]*\} (\d+)/gm)].map(([, count]) =>
    Number(count),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
