import { setTimeout as delay } from 'node:timers/promises'
import { curlLine } from '../curl-line.js'
import { type PairOptions, type PreparedPair, preparePair } from '../sources/prepare-pair.js'
import { assertKeysFor, assertPortIsFree } from '../stack/listen.js'
import { type Stack, type StackOptions, startStack } from '../stack/start-stack.js'
import type { Context } from './context.js'

export type UpOptions = PairOptions & StackOptions

const demoTokens = 48
/** How long the gateway has to tell its clients that a service is gone. */
const lastAnswersMs = 1_000

/**
 * `tandem up`: makes a pair ready, serves it, and ends everything on abort.
 * @throws Error when something cannot start, or a process dies while it serves
 */
export async function up(options: UpOptions, context: Context): Promise<void> {
  const { output, signal } = context
  assertKeysFor(options.host, options.apiKeys)
  await assertPortIsFree(options.host, options.port)
  const pair = await preparePair(options, context)
  output.write(`Starting ${pair.name}: two logit services and the gateway ...\n`)
  const stack = await startStack(pair, options, context)
  try {
    context.answers.write(welcome(pair, stack.url, options.apiKeys.length > 0))
    await serveUntilEnd(stack, signal)
  } finally {
    output.write('Stopping ...\n')
    await stack.group.stop()
  }
}

async function serveUntilEnd({ group }: Stack, signal: AbortSignal): Promise<void> {
  const stopWaiting = new AbortController()
  const aborted = new Promise<'aborted'>((resolve) => {
    const abort = () => resolve('aborted')
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true, signal: stopWaiting.signal })
  })
  const end = await Promise.race([group.firstEnd, aborted])
  stopWaiting.abort()
  if (end === 'aborted') return
  if (end.name !== 'gateway') await delay(lastAnswersMs)
  const words = end.lastLines === '' ? '' : ` Its last words:\n${end.lastLines}`
  throw new Error(`the ${end.name} has ended (${end.how}), and nothing can be decoded without it.${words}`)
}

function welcome({ name, demo }: PreparedPair, url: string, needsKey: boolean): string {
  const line = (model: string) => curlLine({ url, model, messages: demo, maxTokens: demoTokens, needsKey })
  const access = needsKey
    ? 'Clients need one of the API keys.'
    : 'No API key is set: every program on this machine can use it (TANDEM_API_KEYS=key1,key2 sets some).'
  return `
${name} is ready at ${url} (OpenAI-compatible: ${url}/v1). ${access}

Ask it, decoded by AAD:

  ${line(name)}

The same, decoded greedily from the SFT model:

  ${line(`${name}/greedy-sft`)}

Ctrl-C ends it.
`
}
