import { streamChat } from '../chat-client.js'
import { type PairOptions, preparePair } from '../sources/prepare-pair.js'
import type { StackOptions } from '../stack/stack.js'
import { startStack } from '../stack/start-stack.js'
import type { Context } from './context.js'

export type GenerateOptions = PairOptions &
  Pick<StackOptions, 'threads' | 'templateFrom' | 'apiKeys'> & {
    readonly strategy?: string | undefined
    readonly alpha?: number | undefined
    readonly maxTokens?: number | undefined
    /** A running gateway; left out, one is started for this answer. */
    readonly url?: string | undefined
  }

/** `tandem generate`: streams one answer to the terminal. */
export async function generate(prompt: string, options: GenerateOptions, context: Context): Promise<void> {
  if (options.url === undefined) return generateHere(prompt, options, context)
  const { sft, dpo, precision, url } = options
  if (sft !== undefined || dpo !== undefined || precision !== undefined)
    throw new Error(
      '--url asks a gateway that runs already, with its own models; leave out --sft, --dpo and --precision, or --url',
    )
  await print(prompt, { url, model: options.pair }, options, context)
}

/** Starts services and a gateway on a free port, and ends them after the answer. */
async function generateHere(prompt: string, options: GenerateOptions, context: Context): Promise<void> {
  const pair = await preparePair(options, context)
  // Nobody else is meant to reach this gateway, so it takes no keys from the environment.
  const stackOptions: StackOptions = { ...options, host: '127.0.0.1', port: 0, apiKeys: [] }
  const { url, group } = await startStack(pair, stackOptions, context)
  try {
    await print(prompt, { url, model: pair.name }, { ...options, apiKeys: [] }, context)
  } finally {
    await group.stop()
  }
}

async function print(
  prompt: string,
  { url, model }: { readonly url: string; readonly model: string | undefined },
  { strategy, alpha, maxTokens, apiKeys }: GenerateOptions,
  { answers, signal }: Context,
): Promise<void> {
  const request = {
    model,
    messages: [{ role: 'user', content: prompt }] as const,
    max_tokens: maxTokens,
    decoding: { strategy, alpha },
  }
  try {
    for await (const text of streamChat({ url, apiKey: apiKeys[0] }, request, signal)) answers.write(text)
  } finally {
    answers.write('\n')
  }
}
