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
  enable_thinking: true,
  reasoning: { effort: 'low' },
  thinking: { type: 'enabled' },
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
  samplers: ['infill'],
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

describe('fields that ask for the default, or for what the request has anyway, are accepted', () => {
  const sampled = { model: 'toy/sample', temperature: 0.7 }
  testEach(
    [
      { length_penalty: 1 },
      { do_sample: false },
      { do_sample: true, ...sampled },
      { do_sample: true, model: 'toy/random-of-n' },
      { reasoning: { enabled: false } },
      { reasoning: { effort: 'none' } },
      { thinking: { type: 'disabled' }, think: false, enable_thinking: false, thinking_budget: 0 },
      { best_of: 2, n: 2, ...sampled },
      { max_tokens: 4, max_new_tokens: 4, n_predict: 4 },
      { repetition_penalty: 1.1, repeat_penalty: 1.1, rep_pen: 1.1 },
      { stop: ['a'], stop_strings: ['a'] },
      { samplers: ['penalties', 'dry', 'top_n_sigma', 'top_k', 'typ_p', 'top_p', 'min_p', 'xtc', 'temperature'] },
      { samplers: ['top_k', 'temperature'], top_k: 40, temperature: 0 },
      { samplers: ['temperature', 'top_k', 'top_p'], model: 'toy/sample', top_k: 40, top_p: 0.9, temperature: 0.5 },
    ].flatMap((fields) => [
      { name: `completions ${JSON.stringify(fields)}`, fields, status: 200 },
      { name: `chats ${JSON.stringify(fields)}`, path: chat, fields, status: 200 },
    ]),
  )
  testEach([
    { path: chat, fields: { n_predict: -1, top_logprobs: 0 }, status: 200 },
    { fields: { n_predict: -1 }, param: 'n_predict', ...refusal },
  ])
})

describe('the same fields are refused if they ask for something else', () => {
  testEach([
    { fields: { length_penalty: 2 }, param: 'length_penalty', status: 400, message: 'write "decoding"' },
    {
      fields: { do_sample: false, model: 'toy/sample' },
      param: 'do_sample',
      ...refusal,
      message: 'but sample samples',
    },
    {
      fields: { do_sample: true, temperature: 0.7 },
      param: 'do_sample',
      ...refusal,
      message: 'but aad does not sample',
    },
    { fields: { best_of: 2 }, param: 'best_of', ...refusal },
    { fields: { max_tokens: 4, n_predict: 5 }, param: 'n_predict', ...refusal },
    { fields: { samplers: ['top_k'], model: 'toy/sample', top_p: 0.5 }, param: 'samplers', ...refusal },
    {
      fields: { samplers: ['top_p', 'temperature'], model: 'toy/sample', top_p: 0.5, temperature: 0.5 },
      param: 'samplers',
      ...refusal,
    },
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
