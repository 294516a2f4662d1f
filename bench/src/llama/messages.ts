/** Messages from the bench to the process that runs llama.cpp. */
export type LlamaCommand =
  /** Opens a context by a name with these tokens. Does nothing if it is open. */
  | { readonly type: 'context-open'; readonly name: string; readonly tokenIds: readonly number[] }
  /** Decodes tokens one by one after those of a context, then truncates it again. */
  | { readonly type: 'steps-run'; readonly name: string; readonly tokenIds: readonly number[] }
  /** Evaluates tokens as a prompt, in a context that is cleared before. */
  | { readonly type: 'prompt-run'; readonly tokenIds: readonly number[] }

/** Messages from the process to the bench. */
export type LlamaAnswer =
  | { readonly type: 'ready' }
  /** Milliseconds, one value per step or one value for a prompt. */
  | { readonly type: 'done'; readonly ms: readonly number[] }
  | { readonly type: 'failed'; readonly message: string }
