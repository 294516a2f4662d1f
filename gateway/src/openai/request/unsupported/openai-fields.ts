import { alias, empty, type FieldRules, instead, never, only, where } from './field-rule.js'

const isText = where((value) => typeof value === 'object' && value !== null && 'type' in value && value.type === 'text')
const isTextOnly = where((value) => Array.isArray(value) && value.every((item) => item === 'text'))

/** OpenAI's fields that this server does not support, and those of servers behind its clients. */
export const openAiFields: FieldRules = {
  // Chooses among answers; if all of them are returned, there is no choice.
  best_of: where((value, { n }) => value === 1 || value === n),
  suffix: only(''),
  tools: empty,
  functions: empty,
  tool_choice: only('none', 'auto'),
  function_call: only('none', 'auto'),
  response_format: isText,
  modalities: isTextOnly,
  audio: never,
  web_search_options: never,
  verbosity: only('medium'),
  max_output_tokens: alias('max_tokens'),
  // Fields of APIs that OpenAI's clients also reach: Anthropic, DeepSeek, Mistral, Qwen.
  max_tokens_to_sample: alias('max_tokens'),
  stop_sequences: alias('stop', empty),
  random_seed: alias('seed'),
  safe_prompt: only(false),
  system: instead('messages', empty),
  prompt_mode: never,
  response_schema: never,
  output_schema: never,
  // Clients in Python merge its keys into the body. In a body it is therefore a mistake.
  extra_body: empty,
}

/** Fields of completions that this server does not support in chats. */
export const chatFields: FieldRules = {
  // llama.cpp's and Ollama's: to the end of the context, which is the default of chats.
  n_predict: alias('max_tokens', only(-1)),
  num_predict: alias('max_tokens', only(-1)),
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
  chat_template_kwargs: empty,
}
