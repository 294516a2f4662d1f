import type { Context } from '@tandem/cli'
import { type PreparedPair, startStack } from '@tandem/cli'
import { eagerAadArm, GatewayClient } from '../client/gateway-client.js'
import { type ProcessTime, readThreadTimes, timeBetween } from '../measure/thread-times.js'
import { itemOfRound, readGoldenPrompts } from '../prompts.js'

/** The processor time of one process. */
export interface AnswerProfile {
  readonly name: string
  /** Processor time per token. */
  readonly time: ProcessTime
}

/**
 * Measures the processor time per token of one AAD answer in each process. Both models run every
 * token. The prompt does not count.
 */
export async function profileAnswer(pair: PreparedPair, maxTokens: number, context: Context): Promise<AnswerProfile[]> {
  const { url, group } = await startStack(pair, { host: '127.0.0.1', port: 0, apiKeys: [], threads: 1 }, context)
  try {
    const gateway = await GatewayClient.connect(url, context.signal)
    const prompt = { promptIds: itemOfRound(readGoldenPrompts(), 0) }
    await gateway.warmUp(prompt, [eagerAadArm])
    const { processes } = group
    const answer = (tokens: number) => gateway.stream({ prompt, arm: eagerAadArm, maxTokens: tokens })
    const read = () => Promise.all(processes.map(({ pid }) => readThreadTimes(pid)))
    const readings = [await read()]
    for (const tokens of [1, 1 + maxTokens]) {
      await answer(tokens)
      readings.push(await read())
    }
    return processes.map(({ name, pid }, i) => {
      const [start, afterOne, end] = readings.map((reading) => reading[i] ?? new Map<number, number>())
      if (!start || !afterOne || !end) throw new Error(`${name} has no thread times: expected three readings`)
      // The difference to an answer of one token leaves out the prompt and the fixed cost of an
      // answer.
      const [one, all] = [timeBetween(pid, start, afterOne), timeBetween(pid, afterOne, end)]
      const perToken = (key: keyof ProcessTime) => (all[key] - one[key]) / maxTokens
      return {
        name,
        time: { mainMs: perToken('mainMs'), busiestMs: perToken('busiestMs'), othersMs: perToken('othersMs') },
      }
    })
  } finally {
    await group.stop()
  }
}
