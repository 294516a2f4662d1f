/**
 * Names of spans, events and attributes. Those that begin with `gen_ai` follow the semantic
 * conventions for generative AI, which are still in development; the others are Tandem's own.
 */

/** The version of OpenTelemetry's semantic conventions that the names follow. */
export const conventionsVersion = '1.41.1'

/** Names of spans. The SERVER span is `{operation} {model}`: "chat smollm2-135m-adherence". */
export const spanNames = {
  /** Waiting for admission. */
  admission: 'admission',
  /** Rendering the chat template and encoding the prompt. */
  prompt: 'prompt',
  /** Reading the prompt in one model. */
  prefill: 'prefill',
  /** From the admission to the last token, the prefill included. */
  decode: 'decode',
  /** A block of tokens, with one array for each attribute. */
  tokens: 'tokens',
  /** One token. */
  token: 'token',
  /** One message to a service, without the time on the wire. */
  forward: 'forward',
  /** The time of a message outside of the service, in both directions together. */
  wire: 'wire',
  /** The gateway's own part of a token: merging, picking, sending. */
  merge: 'merge',
  /** From a call that failed until another replica took over. */
  failover: 'failover',
  /** Turning tokens into text. The span is as long as the decoding; its sum is an attribute. */
  detokenize: 'detokenize',
  /** From the first byte of the answer to the last one. */
  write: 'write',
  /** One message in a service. */
  step: 'step',
  /** Waiting in a service, from the arrival to the first run. */
  queue: 'queue',
  /** One run of the model in a service. */
  run: 'run',
  /** A request to a reward service. */
  score: 'score',
} as const

/** Names of attributes of spans. */
export const attributeNames = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  maxTokens: 'gen_ai.request.max_tokens',
  temperature: 'gen_ai.request.temperature',
  topP: 'gen_ai.request.top_p',
  topK: 'gen_ai.request.top_k',
  seed: 'gen_ai.request.seed',
  stream: 'gen_ai.request.stream',
  choiceCount: 'gen_ai.request.choice.count',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  errorType: 'error.type',
  httpMethod: 'http.request.method',
  httpRoute: 'http.route',
  httpStatus: 'http.response.status_code',
  requestId: 'tandem.request.id',
  /** The name of the request's API key, never the key. */
  key: 'tandem.key',
  /** True if the client asked for a span for each token. */
  tracesTokens: 'tandem.trace.tokens',
  strategy: 'tandem.strategy',
  path: 'tandem.path',
  alpha: 'tandem.alpha',
  /** Left out if there were none. */
  failovers: 'tandem.failovers',
  failoverReason: 'tandem.failover.reason',
  failoverFrom: 'tandem.failover.from',
  /** Left out if the work could not continue. */
  failoverTo: 'tandem.failover.to',
  /** sft, dpo or the name of an additional model. */
  model: 'tandem.model',
  answer: 'tandem.answer',
  tokenIndex: 'tandem.token.index',
  tokenId: 'tandem.token.id',
  advantage: 'tandem.token.advantage',
  candidates: 'tandem.token.candidates',
  isSftSkipped: 'tandem.token.sft_skipped',
  isDraft: 'tandem.token.draft',
  stepUs: 'tandem.token.step_us',
  dpoUs: 'tandem.token.dpo_us',
  sftUs: 'tandem.token.sft_us',
  /** Compute time of additional models; left out if there are none. */
  otherUs: 'tandem.token.other_us',
  overlapUs: 'tandem.token.overlap_us',
  dpoQueueUs: 'tandem.token.dpo_queue_us',
  sftQueueUs: 'tandem.token.sft_queue_us',
  queueUs: 'tandem.token.queue_us',
  wireUs: 'tandem.token.wire_us',
  mergeUs: 'tandem.token.merge_us',
  /** Number of tokens that a message or a run appends, or that became text. */
  inputLength: 'tandem.tokens',
  batchSize: 'tandem.batch.size',
  stepQueueUs: 'tandem.step.queue_us',
  stepComputeUs: 'tandem.step.compute_us',
  medianStepUs: 'tandem.decode.step_us.p50',
  p95StepUs: 'tandem.decode.step_us.p95',
  slowestStepUs: 'tandem.decode.step_us.max',
  slowestStep: 'tandem.decode.slowest_step',
  /** The time of all tokens of a prompt together. */
  detokenizeUs: 'tandem.detokenize.compute_us',
  /** Formatting chunks and passing them to the HTTP server. */
  writeUs: 'tandem.write.format_us',
  /** Waiting until the client's connection takes more. */
  writeWaitUs: 'tandem.write.wait_us',
} as const
