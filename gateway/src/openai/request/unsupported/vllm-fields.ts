import { empty, type FieldRules, instead, never, only } from './field-rule.js'

/** vLLM's fields that this server does not support. */
export const vllmFields: FieldRules = {
  use_beam_search: only(false),
  early_stopping: only(false),
  truncation_side: only('left'),
  allowed_token_ids: empty,
  bad_words: empty,
  chat_template: never,
  documents: empty,
  structured_outputs: never,
  guided_json: never,
  guided_regex: never,
  guided_choice: never,
  guided_grammar: never,
  guided_json_object: only(false),
  structural_tag: never,
  prompt_embeds: never,
  logits_processors: empty,
  logprob_token_ids: empty,
  vllm_xargs: empty,
  extra_args: empty,
  mm_processor_kwargs: empty,
  detokenize: instead('return_token_ids', only(true)),
  lora_request: never,
  lora_adapters: empty,
  repetition_detection: never,
}
