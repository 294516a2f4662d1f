import { type BrokenResponse, missingResponse, wrongAnswers, wrongLogits } from '../broken-responses.js'
import type { FaultCase } from '../case.js'
import { ProxiedStack } from '../proxied-stack.js'
import { runBrokenResponses } from '../response-run.js'

const triesEach = 8
/** What ends a request whose response never comes. */
const requestTimeoutMs = 10_000

interface ResponseCase extends Pick<FaultCase, 'key' | 'title'> {
  readonly broken: readonly BrokenResponse[]
  readonly replicas: number
  readonly isLasting: boolean
}

function responseCase({ key, title, broken, replicas, isLasting }: ResponseCase): FaultCase {
  const expected = replicas > 1 ? 'the same tokens' : 'the same tokens, 500, 503 or 504; then the same tokens'
  return {
    key,
    title,
    expected,
    run: async (settings) => {
      const env = { TANDEM_REQUEST_TIMEOUT_MS: `${requestTimeoutMs}` }
      const proxied = await ProxiedStack.start({ pair: 'tiny', replicas, env })
      const each = settings.isShort ? 1 : triesEach
      try {
        return await runBrokenResponses({ ...settings, proxied, broken, triesEach: each, isLasting, seed: replicas })
      } finally {
        await proxied.stop()
      }
    },
  }
}

const errors = 'a service answers UNAVAILABLE, RESOURCE_EXHAUSTED, INTERNAL, CANCELLED, a wrong position or number'
const logits = 'a service sends logits that are NaN, infinite, too few or none'

/** F6 and F7: a service breaks the contract. */
export const wrongAnswered: readonly FaultCase[] = [
  {
    key: 'F6',
    title: `${errors}, or never, one replica`,
    broken: [...wrongAnswers, missingResponse],
    replicas: 1,
    isLasting: false,
  },
  {
    key: 'F6-replicas',
    title: `${errors}, from then on, two replicas`,
    broken: wrongAnswers,
    replicas: 2,
    isLasting: true,
  },
  { key: 'F7', title: `${logits}, one replica`, broken: wrongLogits, replicas: 1, isLasting: false },
  {
    key: 'F7-replicas',
    title: `${logits}, from then on, two replicas`,
    broken: wrongLogits,
    replicas: 2,
    isLasting: true,
  },
].map(responseCase)
