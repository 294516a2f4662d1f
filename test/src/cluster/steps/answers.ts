import { isSame } from '../golden.js'
import type { Step } from '../step.js'
import { describe } from '../under-load.js'

/** Asks each golden prompt once through the Service of the gateway. */
export const answers: Step = {
  key: 'answers',
  title: 'answers through the Service',
  run: async ({ client, golden }) => {
    const bodies = golden.map(({ body }) => body)
    const found = await client.ask(bodies, 2)
    return describe(found, (answer) => isSame(answer, golden[answer.body]?.tokenIds))
  },
}
