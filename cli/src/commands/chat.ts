import { Conversation } from '../chat/conversation.js'
import { parseMethods } from '../chat/method.js'
import { type ChatTerminal, runChat } from '../chat/run-chat.js'
import type { Context } from '../context.js'
import { type GatewayOptions, withGateway } from './with-gateway.js'

/** The options of `tandem chat`. */
export type ChatOptions = GatewayOptions & {
  readonly strategy?: string | undefined
  readonly system?: string | undefined
  readonly maxTokens?: number | undefined
}

/**
 * `tandem chat`: a conversation in the terminal, or line by line from a pipe.
 * @throws Error as `withGateway` and `runChat`, or if --strategy is wrong
 */
export async function chat(
  { strategy = '', system, maxTokens, ...options }: ChatOptions,
  context: Context,
  terminal: ChatTerminal = { input: process.stdin, output: process.stdout },
): Promise<void> {
  const words = strategy.split(/\s+/).filter((word) => word !== '')
  const [method = {}, second] = parseMethods(words)
  if (second)
    throw new Error(
      `--strategy "${strategy}" names two strategies: give one, and compare two in the chat with /compare A B`,
    )
  await withGateway(options, context, (gateway) =>
    runChat(new Conversation(gateway, { method, system, maxTokens }), terminal, context),
  )
}
