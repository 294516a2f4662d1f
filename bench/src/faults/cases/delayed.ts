import { setTimeout as delay } from 'node:timers/promises'
import { createRandom } from '../../measure/random.js'
import { itemOfRound } from '../../prompts.js'
import type { FaultCase, FaultResult, FaultSettings } from '../case.js'
import type { ProxyFaults } from '../fault-proxy.js'
import { methods } from '../methods.js'
import { ProxiedStack, type Side, sides } from '../proxied-stack.js'
import { type SeenAnswer, streamAnswer } from '../stream-answer.js'
import { same, Tally } from '../tally.js'

const maxTokens = 32
const maxDelayMs = 60
/** The part of the steps that is late. */
const shares = [0.01, 0.1, 0.5, 1]
const shortShares = [0.5]

const toText = ({ choices }: SeenAnswer): string => JSON.stringify(choices)

/** Delays a part of one side's responses by a random time. */
function delaySide({ proxies }: ProxiedStack, side: Side, share: number): void {
  const random = createRandom(share * 100)
  const changeResponse: ProxyFaults['changeResponse'] = async (response) => {
    if (random() < share) await delay(random() * maxDelayMs)
    return [response]
  }
  for (const one of sides) for (const proxy of proxies[one]) proxy.faults = one === side ? { changeResponse } : {}
}

async function runDelays(proxied: ProxiedStack, { isShort, signal, log }: FaultSettings): Promise<FaultResult> {
  const { stack, url } = proxied
  const tally = new Tally()
  const bodies = methods.map(({ fields }, i) => {
    return { model: stack.model, prompt: itemOfRound(stack.prompts, i), max_tokens: maxTokens, ...fields }
  })
  const ask = (from: string) => Promise.all(bodies.map((body) => streamAnswer(from, body, signal)))
  const expected = await ask(stack.url)
  for (const side of sides)
    for (const share of isShort ? shortShares : shares) {
      delaySide(proxied, side, share)
      const found = await ask(url)
      for (const [i, answer] of found.entries()) {
        const isSame = answer.error === null && toText(answer) === toText(itemOfRound(expected, i))
        const what = isSame ? same : answer.error === null ? '200, other tokens' : `error: ${answer.error}`
        tally.add(what, isSame, `${itemOfRound(methods, i).name}, ${side} ${share}`)
      }
      log(`${side}, ${share * 100}% of the steps: ${Math.round(Math.max(...found.map((one) => one.durationMs)))} ms`)
    }
  return tally.result(await stack.countLeaked())
}

/** F5: one service is slow, so that the models of a pair are not at the same token. */
export const delayed: FaultCase = {
  key: 'F5',
  title: `delay with jitter up to ${maxDelayMs} ms on one service only, 1-100% of the steps, all methods`,
  expected: 'the same tokens, later',
  run: async (settings) => {
    const proxied = await ProxiedStack.start({ pair: settings.isShort ? 'tiny' : 'embedded', replicas: 1 })
    try {
      return await runDelays(proxied, settings)
    } finally {
      await proxied.stop()
    }
  },
}
