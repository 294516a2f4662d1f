import { invalidRequest } from '../../api-error.js'
import { isObject } from '../../json/parse-body.js'
import { showSent } from '../../json/written-numbers.js'
import { type Check, type FieldRule, type FieldRules, instead, where } from './field-rule.js'

const isOffObject: Check = (value) =>
  isObject(value) &&
  (value.enabled === false || value.effort === 'none' || value.max_tokens === 0 || value.type === 'disabled')
const isOff = (value: unknown): boolean => value === false || value === 0 || value === 'none' || isOffObject(value, {})

const off: FieldRule = where(isOff)

/**
 * Fields that switch reasoning on and off: of OpenAI and OpenRouter, Anthropic and DeepSeek, Qwen,
 * vLLM, llama.cpp and Ollama. Here only the variables of the chat template do.
 */
export const reasoningFields: FieldRules = {
  reasoning: where((value) => isOff(value) || (isObject(value) && Object.keys(value).length === 0)),
  reasoning_effort: off,
  thinking: off,
  enable_thinking: instead('chat_template_kwargs', off),
  thinking_budget: off,
  thinking_token_budget: off,
  max_thinking_tokens: off,
  reasoning_budget: where((value) => value === -1 || isOff(value)),
  thinking_budget_tokens: where((value) => value === -1 || isOff(value)),
  think: off,
}

/**
 * Refuses fields that switch reasoning off if the model thinks nevertheless.
 * @param thinks whether answers to this request can begin with reasoning
 * @throws ApiError 400 that names the field
 */
export function assertReasoningOff(body: Readonly<Record<string, unknown>>, thinks: boolean): void {
  if (!thinks) return
  const name = Object.keys(reasoningFields).find((field) => isOff(body[field]))
  if (name === undefined) return
  throw invalidRequest(
    `${name} is not supported by this server: found ${showSent(body[name], body, [name])}, and the chat template of this model lets it think; ` +
      'use chat_template_kwargs instead, if the template has a variable that switches reasoning off',
    name,
    'unsupported_parameter',
  )
}
