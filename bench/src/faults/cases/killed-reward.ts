import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { repositoryFolder } from '@tandem/test'
import { createRandom } from '../../measure/random.js'
import { itemOfRound } from '../../prompts.js'
import type { FaultCase, FaultSettings } from '../case.js'
import { FaultStack } from '../fault-stack.js'
import { streamAnswer } from '../stream-answer.js'
import { Tally } from '../tally.js'

const role = 'picker'
const picker = join(repositoryFolder, 'test/fixtures/tiny-reward/base')
const decoding = { strategy: 'best-of-n', n: 3, seed: 7 }
const questions = ['alignment aware decoding', 'two models', 'one token at a time']
const maxTokens = 24
const [tries, shortTries] = [40, 4]
const seed = 1

/** F3: the reward service is killed before, while or after it scores. */
export const killedReward: readonly FaultCase[] = [
  {
    key: 'F3-reward',
    title: 'SIGKILL of the only reward service at a random moment of best-of-n',
    expected: 'the same tokens, with a pause',
    run: async (settings) => {
      const args = ['--reward', `${role}=${picker}`]
      const stack = await FaultStack.start({ pair: 'tiny', replicas: 1, args })
      try {
        return await killAll(stack, settings)
      } finally {
        await stack.stop()
      }
    },
  },
]

async function killAll(stack: FaultStack, { isShort, signal, log }: FaultSettings) {
  const tally = new Tally()
  const random = createRandom(seed)
  for (let i = 0; i < (isShort ? shortTries : tries); i++) {
    const messages = [{ role: 'user', content: itemOfRound(questions, i) }]
    const body = { model: stack.model, messages, max_tokens: maxTokens, ignore_eos: true, decoding }
    await stack.waitUntilServing()
    const expected = await streamAnswer(stack.url, body, signal)
    const victim = stack.services.find((service) => service.role === role)
    if (victim === undefined) throw new Error(`no ${role} service serves: ${stack.services.map(({ name }) => name)}`)
    const delayMs = random() * expected.durationMs
    const [found] = await Promise.all([
      streamAnswer(stack.url, body, signal),
      delay(delayMs, undefined, { signal }).then(() => stack.kill(victim)),
    ])
    tally.addAnswer(expected, found)
    log(`killed ${delayMs.toFixed(0)} ms after the start, of ${expected.durationMs.toFixed(0)} ms`)
  }
  return tally.result(await stack.countLeaked())
}
