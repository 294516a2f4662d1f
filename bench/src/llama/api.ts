/** The part of node-llama-cpp that the bench uses; it is imported by path, so its own types are not at hand. */
export interface LlamaModule {
  getLlama(options: { gpu: false; build: 'never'; logLevel: 'error' }): Promise<Llama>
}

export interface Llama {
  loadModel(options: { modelPath: string }): Promise<LlamaModel>
}

export interface LlamaModel {
  createContext(options: {
    contextSize: number
    threads: number
    batchSize: number
    sequences: number
  }): Promise<{ getSequence(): LlamaSequence }>
}

export interface LlamaSequence {
  readonly nextTokenIndex: number
  clearHistory(): Promise<void>
  eraseContextTokenRanges(ranges: { start: number; end: number }[]): Promise<void>
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>
  controlledEvaluate(
    input: [number, { generateNext: { token: true; options: { temperature: number } } }][],
  ): Promise<unknown>
}
