import { empty, type FieldRules, instead, never, only, where } from './field-rule.js'

const isText = where((value) => typeof value === 'object' && value !== null && 'type' in value && value.type === 'text')
const isTextOnly = where((value) => Array.isArray(value) && value.every((item) => item === 'text'))

/** OpenAI's fields that this server does not support, and those of servers behind its clients. */
export const openAiFields: FieldRules = {
  best_of: only(1),
  suffix: only(''),
  tools: empty,
  functions: empty,
  tool_choice: only('none', 'auto'),
  function_call: only('none', 'auto'),
  response_format: isText,
  modalities: isTextOnly,
  audio: never,
  web_search_options: never,
  reasoning_effort: only('none'),
  verbosity: only('medium'),
  max_output_tokens: instead('max_tokens'),
  // Fields of APIs that OpenAI's clients also reach: Anthropic, DeepSeek, Mistral, Qwen.
  max_tokens_to_sample: instead('max_tokens'),
  stop_sequences: instead('stop', empty),
  random_seed: instead('seed'),
  safe_prompt: only(false),
  system: instead('messages', empty),
  reasoning: empty,
  thinking: never,
  enable_thinking: instead('chat_template_kwargs'),
  thinking_budget: never,
  prompt_mode: never,
  response_schema: never,
  output_schema: never,
  // Clients in Python merge its keys into the body. In a body it is therefore a mistake.
  extra_body: empty,
}

/** Fields of completions that this server does not support in chats. */
export const chatFields: FieldRules = {
  // vLLM's: repeats the last message.
  echo: only(false),
  // vLLM's and SGLang's: adds BOS to what the chat template writes.
  add_special_tokens: only(false),
  return_full_text: only(false),
}

/** Fields of chats that this server does not support in completions. */
export const completionFields: FieldRules = {
  top_logprobs: instead('logprobs', only(0)),
  system: instead('prompt', empty),
  enable_thinking: never,
  chat_template_kwargs: empty,
}
