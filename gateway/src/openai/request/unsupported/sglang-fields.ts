import { alias, empty, type FieldRules, instead, never, only } from './field-rule.js'

/** SGLang's fields that this server does not support. */
export const sglangFields: FieldRules = {
  regex: never,
  ebnf: never,
  json_schema: never,
  stop_regex: empty,
  no_stop_trim: instead('include_stop_str_in_output', only(false)),
  min_new_tokens: alias('min_tokens', only(0)),
  sampling_seed: alias('seed'),
  sampling_params: empty,
  custom_logit_processor: never,
  custom_params: empty,
  lora_path: never,
  session_params: empty,
  input_ids: never,
  return_logprob: instead('logprobs', only(false)),
  top_logprobs_num: instead('logprobs', only(0)),
  token_ids_logprob: empty,
  return_hidden_states: only(false),
}
