/** Maximum sizes of request fields, the same for all models. GET /info lists them. */
export const requestLimits = {
  /** Prompts of one request, or conversations of one score request. */
  prompts: 64,
  messages: 2048,
  /** Tokens that one request may generate: of all prompts, answers, beams and samples. */
  generatedTokens: 1_048_576,
  /** Answers to one prompt. */
  answers: 16,
  stops: 16,
  stopLength: 1024,
  stopTokenIds: 256,
  logitBiases: 1024,
  chatTopLogprobs: 20,
  completionLogprobs: 5,
  promptLogprobs: 5,
  cacheSaltLength: 1024,
} as const
