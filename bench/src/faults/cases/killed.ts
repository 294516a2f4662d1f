import type { FaultCase } from '../case.js'
import { FaultStack, type FaultStackOptions } from '../fault-stack.js'
import { runKills } from '../kill-run.js'

const seed = 1
/** Answers of the long form; the short form has one of each method. */
const answers = 200
const shortAnswers = 16
const maxTokens = 32

const same = 'the same tokens, with a pause'

function killCase(key: string, what: string, options: Omit<FaultStackOptions, 'pair'>): FaultCase {
  return {
    key,
    title: `SIGKILL of a random service at a random token, ${what}`,
    expected: same,
    run: async (settings) => {
      const stack = await FaultStack.start({ pair: settings.isShort ? 'tiny' : 'embedded', ...options })
      try {
        return await runKills({
          ...settings,
          stack,
          answers: settings.isShort ? shortAnswers : answers,
          maxTokens,
          seed,
        })
      } finally {
        await stack.stop()
      }
    },
  }
}

/** F3: services are killed in prefill, at any token and at the last one. */
export const killed: readonly FaultCase[] = [
  killCase('F3', 'one replica', { replicas: 1 }),
  killCase('F3-replicas', 'two replicas', { replicas: 2 }),
  killCase('F3-paired', 'both models in one process', { replicas: 1, isPaired: true }),
]
