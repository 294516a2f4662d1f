import type { ModelOfText } from './open-text.js'
import type { TextErrorCode } from './types.js'

/** What a thread makes a text of. */
export interface TextSource {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly model: ModelOfText
}

/** What the thread answers to a list of jobs; `code` is null where the error is none of a text. */
export type EncoderAnswer =
  | { readonly type: 'encoded'; readonly ids: number[][] }
  | { readonly type: 'failed'; readonly code: TextErrorCode | null; readonly message: string }
