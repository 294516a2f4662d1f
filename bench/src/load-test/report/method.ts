import type { LoadResult } from '../load-result.js'
import { routeConnections } from '../route-load.js'
import { leastArrivals } from '../run-ramp.js'
import { afterFactor } from '../run-spike.js'

/** Definitions of the measures, as the community of serving uses them. */
export const definitions: readonly string[] = [
  'TTFT: from the send of the request to the first content token that is not empty. ' +
    'TPOT: (E2E - TTFT) / (n - 1) of each answer of n tokens. ' +
    'ITL: each gap between two events with content; an event may have several tokens, and events of one packet have the gap 0. ' +
    'E2E: from the send to the end of the answer. ' +
    'Goodput: completed answers within all limits of the service level, per second. ' +
    'Good: their share of the requests that were sent. ' +
    'Times are those of answers that were sent in the window and completed; rates count what ended in the window.',
]

/** Returns how the loads were sent. */
export function methodOf({ args, routes }: LoadResult): readonly string[] {
  const { tokens, level, seed, warmUpSeconds, seconds, clients, strategies, profile } = args
  const arrivals =
    clients === null
      ? 'Open loop: requests arrive in a Poisson process and wait for no answer.'
      : `Closed loop: each of ${clients} clients sends its next request when it has its answer.`
  const windows =
    profile === 'ramp' ? `at least ${seconds} s and ${leastArrivals} expected requests at each rate` : `${seconds} s`
  return [
    `${arrivals} Each answer is a stream of ${tokens} tokens (ignore_eos) of ${strategies.join(', ') || "the server's default method"}; ` +
      'the prompts differ, so none is in the prefix cache. ' +
      `Seed ${seed}, ${warmUpSeconds} s of warm-up, then ${profile === 'spike' ? `${seconds} s before, ${seconds} s of the spike and ${afterFactor * seconds} s after it` : windows}. ` +
      `Service level: TTFT of at most ${level.firstTokenMs} ms and TPOT of at most ${level.perTokenMs} ms.`,
    ...(routes.length === 0
      ? []
      : [`Routes that do not stream: autocannon, ${routeConnections} connections, each with one request at a time.`]),
  ]
}

/** Returns the machine, the server and the client in one paragraph. */
export function machineOf({ hardware, what, facts, clientCores, date }: LoadResult): string {
  const { processor, cores, memoryBytes, node, load } = hardware
  const { limits, models, replicas, version } = facts
  const [model] = models
  return (
    `${processor}, ${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, load ${load.toFixed(1)} before; Node ${node}. ` +
    `Tandem ${version}: ${what} (${model?.precision}, ${model?.engine}), ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} of each model, ` +
    `${limits.concurrent_requests} requests at once, ${limits.waiting_requests} waiting. ` +
    `The client ran on this machine and used ${clientCores.toFixed(2)} cores; ${date.toISOString().slice(0, 10)}.`
  )
}
