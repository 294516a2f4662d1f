/**
 * The part of node-llama-cpp that the bench uses. It is imported by its path, so its own types are
 * not available.
 */
export interface LlamaModule {
  getLlama(options: { gpu: false; build: 'never'; logLevel: 'error' }): Promise<Llama>
}

/** An instance of llama.cpp. */
export interface Llama {
  loadModel(options: { modelPath: string }): Promise<LlamaModel>
}

/** A loaded model. */
export interface LlamaModel {
  createContext(options: {
    contextSize: number
    threads: number
    batchSize: number
    sequences: number
  }): Promise<{ getSequence(): LlamaSequence }>
}

/** One sequence of a context. */
export interface LlamaSequence {
  readonly nextTokenIndex: number
  clearHistory(): Promise<void>
  eraseContextTokenRanges(ranges: { start: number; end: number }[]): Promise<void>
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>
  controlledEvaluate(
    input: [number, { generateNext: { token: true; options: { temperature: number } } }][],
  ): Promise<unknown>
}
