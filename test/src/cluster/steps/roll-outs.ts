import type { ClientAnswer } from '../client.js'
import { isSame, tokensOf } from '../golden.js'
import type { Step, StepContext, StepResult } from '../step.js'
import { describe, underLoad } from '../under-load.js'

/** The folder of a DPO model with another adapter in the image of the models. */
const newFolder = '/models/dpo-new'
const oldFolder = '/models/dpo'
const clients = 3

const rollOutTo = (context: StepContext, folder: string): Promise<void> =>
  context.upgrade([`models.dpo.source.image.path=${folder}`])

/**
 * A new adapter is rolled out while clients ask, and then the old one. Every answer has the tokens
 * with the old adapter or with the new one, never a mixture; after a roll-out all have those of its
 * pair.
 */
export const newAdapter: Step = {
  key: 'adapter',
  title: 'roll-out of a new adapter under load, and back',
  run: async (context): Promise<StepResult> => {
    const { client, golden } = context
    const isOld = (answer: ClientAnswer) => isSame(answer, golden[answer.body]?.tokenIds)
    const bodies = golden.map(({ body }) => body)
    const during = await answersDuring(context, () => rollOutTo(context, newFolder))
    const ofNew = await client.ask(bodies, clients)
    const newTokens = new Map(ofNew.map((answer) => [answer.body, tokensOf(answer)]))
    if (ofNew.every(isOld)) throw new Error('the new adapter changes no answer: expected another model')
    const back = await answersDuring(context, () => rollOutTo(context, oldFolder))
    const ofOld = await client.ask(bodies, clients)
    const isOfOnePair = (answer: ClientAnswer) => isOld(answer) || isSame(answer, newTokens.get(answer.body))
    const mixed = describe([...during, ...back], isOfOnePair)
    const right = ofOld.filter(isOld).length
    return {
      tried: mixed.tried + ofOld.length,
      passed: mixed.passed + right,
      found: `${mixed.found.replace('the golden tokens', 'the tokens of one pair')}; afterwards ${right} of ${ofOld.length} as before`,
    }
  },
}

async function answersDuring({ client, golden }: StepContext, act: () => Promise<void>) {
  const load = client.startLoad(
    golden.map(({ body }) => body),
    clients,
  )
  try {
    await act()
  } finally {
    await load.stop()
  }
  return load.answers
}

/** All pods are replaced by an upgrade of the release. */
export const upgraded: Step = {
  key: 'upgrade',
  title: '`helm upgrade` that replaces all pods under load',
  run: (context) =>
    underLoad(context, () =>
      context.upgrade([
        'gateway.podAnnotations.revision=two',
        'models.sft.podAnnotations.revision=two',
        'models.dpo.podAnnotations.revision=two',
      ]),
    ),
}
