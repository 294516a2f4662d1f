/*
 * text/ converts the prompts of one model to token ids, and ids to text: tokenizer/ is the
 * tokenizer, template/ the chat template. It knows neither HTTP nor the services. Imports go from
 * here to template/ and from there to tokenizer/.
 */

export { compareTokenizers } from './compare-tokenizers.js'
export { createText } from './create-text.js'
export { type EncodeJob, sizeOfJob } from './encode-job.js'
export { createEncoderThread, type EncoderThread } from './encoder-thread.js'
export { findEndTokenIds } from './end-tokens.js'
export { openText } from './open-text.js'
export { runJob } from './run-job.js'
export { createStopMatcher, type StopMatcher } from './stop-matcher.js'
export type { ChatMessage, ConversationOptions } from './template/chat-message.js'
export { isTooMuchWork } from './template/explain-failure.js'
export { globalNames } from './template/jinja/index.js'
export type { DecodeOptions, Text, TextFiles } from './text.js'
export type { Detokenizer } from './tokenizer/detokenizer.js'
export { wellFormed } from './tokenizer/encoder.js'
export { TextError, type TextErrorCode } from './tokenizer/text-error.js'
export { readTokenizerInfo, type TokenizerInfo } from './tokenizer-info.js'
