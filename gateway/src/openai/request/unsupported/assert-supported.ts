import { invalidRequest } from '../../api-error.js'
import { showSent } from '../../json/written-numbers.js'
import type { FieldRules } from './field-rule.js'
import { llamaCppFields } from './llama-cpp-fields.js'
import { reasoningFields } from './no-reasoning.js'
import { chatFields, completionFields, openAiFields } from './openai-fields.js'
import { sglangFields } from './sglang-fields.js'
import { transformersFields } from './transformers-fields.js'
import { vllmFields } from './vllm-fields.js'

/*
 * unsupported/ lists the fields of other servers that would change an answer and that this server
 * does not have. They are refused by name: a client that sends one relies on it.
 */

const shared: FieldRules = {
  ...openAiFields,
  ...vllmFields,
  ...sglangFields,
  ...llamaCppFields,
  ...transformersFields,
  ...reasoningFields,
}
const rulesOf = {
  chat: { ...shared, ...chatFields },
  completion: { ...shared, ...completionFields },
  tokenize: shared,
} as const satisfies Record<string, FieldRules>

/** An endpoint whose fields are checked. */
export type CheckedEndpoint = keyof typeof rulesOf

/** The names of the fields that no endpoint supports. */
export const unsupportedNames: readonly string[] = Object.keys(shared)

/**
 * Asserts that a request uses only supported fields.
 * @throws ApiError 400 that names the first unsupported field
 */
export function assertSupported(body: Readonly<Record<string, unknown>>, endpoint: CheckedEndpoint): void {
  const rules: FieldRules = rulesOf[endpoint]
  for (const [name, value] of Object.entries(body)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (!rule || value === undefined || value === null || rule.isHarmless(value, body)) continue
    const advice = rule.instead === null ? 'remove it' : `use ${rule.instead} instead`
    throw invalidRequest(
      `${name} is not supported by this server: found ${showSent(value, body, [name])}; ${advice}`,
      name,
      'unsupported_parameter',
    )
  }
}
