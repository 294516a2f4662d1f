import type { Context } from 'hono'
import { detokenize, tokenize } from '../openai/tokenize-request.js'
import type { AppDependencies, AppEnvironment } from './dependencies.js'
import { readJsonBody } from './read-body.js'

/** POST /tokenize and /detokenize: the pair's tokenizer, without a forward pass. */
export function createTokenHandlers({ pair, pairName, limits }: AppDependencies) {
  const handle = (answer: typeof tokenize | typeof detokenize) => async (context: Context<AppEnvironment>) =>
    context.json(answer(await readJsonBody(context.req.raw, limits), pair, pairName, limits))
  return { tokenize: handle(tokenize), detokenize: handle(detokenize) }
}
