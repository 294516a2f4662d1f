export { compareTokenizers } from './compare-tokenizers.js'
export { createText } from './create-text.js'
export { type EncodeJob, runJob, sizeOfJob } from './encode-job.js'
export { wellFormed } from './encoder.js'
export { createEncoderThread, type EncoderThread } from './encoder-thread.js'
export { findEndTokenIds } from './end-tokens.js'
export { openText } from './open-text.js'
export { createStopMatcher, type StopMatcher } from './stop-matcher.js'
export {
  type ChatMessage,
  type ConversationOptions,
  type DecodeOptions,
  type Detokenizer,
  type Text,
  TextError,
  type TextErrorCode,
  type TextFiles,
} from './types.js'
