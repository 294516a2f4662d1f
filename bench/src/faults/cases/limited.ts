import { type Asked, askFirst } from '../asked.js'
import type { FaultCase, FaultSettings } from '../case.js'
import { LooseStack } from '../loose-stack.js'
import { streamAnswer } from '../stream-answer.js'
import { Tally } from '../tally.js'

/**
 * Limits that the load exceeds. A session of the tiny pair takes 256 bytes a token and layer for
 * keys and values: the memory holds a few answers.
 */
const limits: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'session table full': { TANDEM_MAX_SESSIONS: '4' },
  'KV memory full': { TANDEM_KV_BYTES: '600000' },
  'sessions evicted while in use': { TANDEM_SESSION_TTL_MS: '10' },
}
const maxTokens = 24
const kinds = 8
const [rounds, shortRounds] = [12, 2]

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
      for (const [name, env] of Object.entries(limits)) {
        settings.log(name)
        leaked += await withStack(env, (stack) => askAtOnce(name, stack, asked, tally, settings))
      }
      return tally.result(leaked)
    },
  },
]

async function withStack<T>(serviceEnv: Readonly<Record<string, string>>, work: (stack: LooseStack) => Promise<T>) {
  const stack = await LooseStack.start({ serviceEnv })
  try {
    return await work(stack)
  } finally {
    await stack.stop()
  }
}

/** Asks for all answers at the same time, more than once. @returns the sessions that leaked */
async function askAtOnce(
  name: string,
  stack: LooseStack,
  asked: readonly Asked[],
  tally: Tally,
  { isShort, signal }: FaultSettings,
): Promise<number> {
  for (let round = 0; round < (isShort ? shortRounds : rounds); round++) {
    const found = await Promise.all(asked.map(({ body }) => streamAnswer(stack.url, body, signal)))
    for (const [i, { expected }] of asked.entries()) {
      const answer = found[i]
      if (answer) tally.addAnswer(expected, answer, name)
    }
  }
  return stack.countLeaked()
}
