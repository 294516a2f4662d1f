import type { EncodeJob } from './encode-job.js'
import type { TextModel } from './open-text.js'
import type { TextErrorCode } from './tokenizer/text-error.js'

/** What the thread needs to create a `Text`. */
export interface TextSource {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly model: TextModel
}

/** What the thread is asked. `id` names a list of jobs. */
export type EncoderRequest =
  | { readonly type: 'encode'; readonly id: number; readonly jobs: readonly EncodeJob[] }
  | { readonly type: 'cancel'; readonly id: number }

/** What the thread answers. `code` is null if the error is not a `TextError`. */
export type EncoderAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'encoded'; readonly id: number; readonly ids: number[][] }
  | { readonly type: 'failed'; readonly id: number; readonly code: TextErrorCode | null; readonly message: string }
  | { readonly type: 'cancelled'; readonly id: number }
