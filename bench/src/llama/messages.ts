/** What crosses between the bench and the process that runs llama.cpp. Closed unions. */
export type LlamaCommand =
  /** Opens a context by a name, holding so many tokens, or keeps the one that is open. */
  | { readonly type: 'context-open'; readonly name: string; readonly tokenIds: readonly number[] }
  /** Decodes tokens one by one after those of a context, then forgets them. */
  | { readonly type: 'steps-run'; readonly name: string; readonly tokenIds: readonly number[] }
  /** Evaluates tokens as a prompt, in a context that held others. */
  | { readonly type: 'prompt-run'; readonly tokenIds: readonly number[] }

export type LlamaAnswer =
  | { readonly type: 'ready' }
  /** One time for each step, or one for a prompt. */
  | { readonly type: 'done'; readonly ms: readonly number[] }
  | { readonly type: 'failed'; readonly message: string }
