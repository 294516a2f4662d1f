import type { Context } from 'hono'
import { detokenize, tokenize } from '../openai/request/tokenize-request.js'
import type { AppDependencies, AppEnvironment } from './dependencies.js'
import { readJsonBody } from './read-body.js'
import { requestSignal } from './request-signal.js'

/**
 * Creates the handlers of POST /tokenize and /detokenize, and of GET /tokenizer_info: the pair's
 * tokenizer, without a forward pass.
 */
export function createTokenHandlers(dependencies: AppDependencies) {
  const { pair, pairName, limits } = dependencies
  const { maxPromptTokens } = limits
  const handle = (answer: typeof tokenize | typeof detokenize) => async (context: Context<AppEnvironment>) => {
    context.get('key')?.usage.countRequest()
    const signal = requestSignal(context.req.raw, dependencies)
    const body = await readJsonBody(context.req.raw, limits)
    return context.json(await answer({ body, pair, pairName, maxPromptTokens, signal }))
  }
  return {
    tokenize: handle(tokenize),
    detokenize: handle(detokenize),
    tokenizerInfo: (context: Context<AppEnvironment>) => context.json(pair.tokenizerInfo),
  }
}
