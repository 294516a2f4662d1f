import { afterAll, beforeAll, describe, test } from 'vitest'
import { createTable } from './testing/create-table.js'

const testEach = createTable({ beforeAll, afterAll, test })

const chat = '/v1/chat/completions'
const refusal = { status: 400, code: 'unsupported_parameter' }

/** Fields that would change the answer on other servers, with values that clients send. */
const fields: Readonly<Record<string, unknown>> = {
  // OpenAI, and servers behind its clients
  tools: [{}],
  functions: [{}],
  response_format: { type: 'json_object' },
  suffix: 'x',
  best_of: 2,
  reasoning_effort: 'high',
  verbosity: 'low',
  max_output_tokens: 5,
  random_seed: 7,
  safe_prompt: true,
  system: 'Be brief.',
  enable_thinking: false,
  extra_body: { top_k: 1 },
  // vLLM
  chat_template: '{{ 1 }}',
  guided_regex: '(a+)+',
  logits_processors: ['a'],
  logprob_token_ids: [1],
  vllm_xargs: { a: 1 },
  early_stopping: true,
  detokenize: false,
  // SGLang
  regex: '\\d+',
  ebnf: 'root ::= "a"',
  json_schema: '{}',
  stop_regex: '\\n',
  structural_tag: '{}',
  custom_logit_processor: '{}',
  no_stop_trim: true,
  sampling_params: { temperature: 0 },
  lora_path: 'a',
  // llama.cpp
  n_predict: 5,
  repeat_penalty: 1.1,
  typical_p: 0.5,
  mirostat: 2,
  grammar: 'root ::= "a"',
  samplers: ['top_k'],
  xtc_probability: 0.5,
  dry_multiplier: 0.8,
  top_n_sigma: 1,
  dynatemp_range: 0.5,
  n_probs: 5,
  options: { num_predict: 5 },
  // transformers and TGI
  max_new_tokens: 5,
  num_beams: 4,
  do_sample: true,
  no_repeat_ngram_size: 3,
  stop_strings: ['a'],
  parameters: { max_new_tokens: 5 },
  return_full_text: true,
  watermark: true,
  banned_strings: ['a'],
  rep_pen: 1.2,
  token_healing: true,
}

describe('fields that are not supported', () => {
  for (const path of [chat, '/v1/completions'])
    testEach(
      Object.entries(fields).map(([param, value]) => ({
        name: `${path} ${param}`,
        path,
        fields: { [param]: value },
        param,
        ...refusal,
      })),
    )
})

describe('fields that are not supported at one endpoint', () => {
  testEach([
    { path: chat, fields: { echo: true }, param: 'echo', ...refusal },
    { path: chat, fields: { add_special_tokens: true }, param: 'add_special_tokens', ...refusal },
    { fields: { top_logprobs: 2 }, param: 'top_logprobs', ...refusal },
    { path: chat, fields: { echo: false, add_special_tokens: false }, status: 200 },
    { fields: { max_completion_tokens: 1 }, status: 200 },
  ])
})

describe('a refusal says what to do', () => {
  testEach([
    { fields: { n_predict: 5 }, param: 'n_predict', ...refusal, message: 'found 5; use max_tokens instead' },
    { fields: { mirostat: 2 }, param: 'mirostat', ...refusal, message: 'found 2; remove it' },
    {
      fields: { repeat_last_n: 64, presence_penalty: 1 },
      param: 'repeat_last_n',
      ...refusal,
      message: 'found 64; remove it',
    },
  ])
})

describe('values that change nothing are accepted', () => {
  testEach([
    {
      fields: { best_of: 1, user: 'me', store: true, metadata: {}, service_tier: 'auto', unknown: 1, alpha: null },
      status: 200,
    },
    { path: chat, fields: { tools: [], parallel_tool_calls: true, tool_choice: 'auto', logprobs: null }, status: 200 },
    // The defaults that llama.cpp's own page sends.
    {
      fields: {
        cache_prompt: true,
        timings_per_token: true,
        dynatemp_range: 0,
        dynatemp_exponent: 1,
        xtc_probability: 0,
        xtc_threshold: 0.1,
        typ_p: 1,
        repeat_last_n: 64,
        repeat_penalty: 1,
        presence_penalty: 0,
        frequency_penalty: 0,
        dry_multiplier: 0,
        dry_base: 1.75,
        mirostat: 0,
        mirostat_tau: 5,
        mirostat_eta: 0.1,
        grammar: '',
        n_probs: 0,
        min_keep: 0,
        top_n_sigma: -1,
      },
      status: 200,
    },
    { fields: { top_logprobs: 0, rep_pen: 1, mirostat_mode: 0, top_nsigma: 0, reasoning_format: 'auto' }, status: 200 },
    { fields: { num_beams: 1, regex: null, stop_strings: [], sampling_params: {}, samplers: '' }, status: 200 },
  ])
})
