import type { GenerationRequest } from '../decode/answers/generation-request.js'

/** The fields of a request that most tests leave at their defaults. Nothing ends the answer. */
export const plainRequest: Omit<GenerationRequest, 'promptIds' | 'strategy' | 'vocabularySize' | 'maxTokens'> = {
  path: 'auto',
  minTokens: 0,
  adjustments: null,
  endTokenIds: [],
  ignoresEndTokens: false,
  stopTokenIds: new Set(),
  eosTokenIds: new Set(),
  logprobsOf: 'dpo',
  topLogprobs: null,
  promptLogprobs: null,
  detail: false,
  stops: [],
  includesStop: false,
  skipsSpecialTokens: true,
  answerCount: 1,
  judge: null,
}
