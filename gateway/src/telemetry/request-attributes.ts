import type { Attributes } from '@opentelemetry/api'
import { attributeNames as names } from '@tandem/telemetry'
import type { PreparedRequest } from '../openai/answer/answer.js'

/** The operation of a request, as the GenAI conventions name it. */
export type Operation = 'chat' | 'text_completion'

/** `gen_ai.provider.name` of Tandem. */
export const providerName = 'tandem'

/** Parameters of the method that have an attribute, by their names in `decoding`. */
const parameterNames: Readonly<Record<string, string>> = {
  alpha: names.alpha,
  temperature: names.temperature,
  top_p: names.topP,
  top_k: names.topK,
  seed: names.seed,
}

/** Builds the attributes of a request that is ready to run. None holds text of the request. */
export function toRequestAttributes({ head, prompts, isStreamed }: PreparedRequest): Attributes {
  const first = prompts[0]?.request
  const report: Readonly<Record<string, unknown>> = head.decoding
  const used = Object.entries(parameterNames).flatMap(([key, name]): [string, string | number][] => {
    const value = report[key]
    // Attributes have no bigints, and a number would lose digits of a large seed.
    if (typeof value === 'bigint') return [[name, String(value)]]
    return typeof value === 'number' ? [[name, value]] : []
  })
  return {
    [names.requestModel]: head.model,
    [names.responseModel]: head.model,
    [names.responseId]: head.id,
    [names.stream]: isStreamed,
    [names.strategy]: head.decoding.strategy,
    [names.path]: head.decoding.path,
    [names.inputTokens]: prompts.reduce((sum, { request }) => sum + request.promptIds.length, 0),
    ...(first ? { [names.maxTokens]: first.maxTokens, [names.choiceCount]: first.answerCount } : {}),
    ...Object.fromEntries(used),
  }
}
