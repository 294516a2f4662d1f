import { type Gateway, streamChat } from '../chat/chat-client.js'
import { validateMethod } from '../chat/method.js'
import type { Context } from '../context.js'
import { type GatewayOptions, withGateway } from './with-gateway.js'

/** The options of `tandem generate`. */
export type GenerateOptions = GatewayOptions & {
  readonly strategy?: string | undefined
  readonly alpha?: number | undefined
  readonly maxTokens?: number | undefined
}

/**
 * `tandem generate`: streams one answer to the terminal.
 * @throws Error as `withGateway` and `streamChat`, or if the strategy is wrong
 */
export async function generate(prompt: string, options: GenerateOptions, context: Context): Promise<void> {
  validateMethod({ strategy: options.strategy, alpha: options.alpha })
  await withGateway(options, context, (gateway) => print(prompt, gateway, options, context))
}

async function print(
  prompt: string,
  { server, model }: Gateway,
  { strategy, alpha, maxTokens }: GenerateOptions,
  { answers, signal }: Context,
): Promise<void> {
  const request = {
    model,
    messages: [{ role: 'user', content: prompt }] as const,
    max_tokens: maxTokens,
    decoding: { strategy, alpha },
  }
  try {
    for await (const text of streamChat(server, request, signal)) answers.write(text)
  } finally {
    answers.write('\n')
  }
}
