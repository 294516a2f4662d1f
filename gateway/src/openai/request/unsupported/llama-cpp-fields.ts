import { alias, type Check, empty, type FieldRules, instead, only, where } from './field-rule.js'
import { isHonouredOrder } from './sampler-order.js'

/** llama.cpp's penalties count only the last tokens; here they count all. */
const countsAll: Check = (value, { presence_penalty, frequency_penalty, repetition_penalty }) =>
  value === -1 || (!presence_penalty && !frequency_penalty && (repetition_penalty ?? 1) === 1)

const isOff: Check = (value) => typeof value === 'number' && value <= 0

/** llama.cpp's and Ollama's fields that this server does not support. */
export const llamaCppFields: FieldRules = {
  n_predict: alias('max_tokens'),
  num_predict: alias('max_tokens'),
  n_cmpl: alias('n', only(1)),
  repeat_penalty: alias('repetition_penalty', only(1)),
  repeat_last_n: where(countsAll),
  penalize_nl: only(false),
  grammar: only(''),
  grammar_string: only(''),
  samplers: where(isHonouredOrder),
  mirostat: only(0),
  mirostat_mode: only(0),
  typ_p: only(1),
  typical_p: only(1),
  tfs_z: only(1),
  top_n_sigma: where(isOff),
  nsigma: where(isOff),
  top_nsigma: where(isOff),
  min_keep: only(0, 1),
  xtc_probability: only(0),
  dry_multiplier: only(0),
  dynatemp_range: only(0),
  n_indent: only(0),
  t_max_predict_ms: only(0, -1),
  n_probs: instead('logprobs', only(0)),
  post_sampling_probs: only(false),
  return_tokens: alias('return_token_ids', only(false)),
  lora: empty,
  image_data: empty,
  reasoning_format: instead('separate_reasoning', only('auto', 'deepseek')),
  thinking_forced_open: only(false),
  options: empty,
  format: only(''),
}
