import type { TextModel } from './open-text.js'
import type { TextErrorCode } from './tokenizer/text-error.js'

/** What the thread needs to create a `Text`. */
export interface TextSource {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly model: TextModel
}

/** The thread's answer to a list of jobs. `code` is null if the error is not a `TextError`. */
export type EncoderAnswer =
  | { readonly type: 'encoded'; readonly ids: number[][] }
  | { readonly type: 'failed'; readonly code: TextErrorCode | null; readonly message: string }
