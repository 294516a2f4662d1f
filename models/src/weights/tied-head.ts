import type { ModelConfig } from '../config.js'
import type { WeightSource } from '../source.js'
import { rowRanges } from './matrix.js'

/** The tensor of the embedding. */
export const embeddingName = 'model.embed_tokens.weight'
/** The tensor of the output layer. */
export const headName = 'lm_head.weight'

/**
 * Returns whether the output layer uses the weights of the embedding: as the config says, unless
 * the checkpoint has both tensors with different numbers. Then both are used, as in transformers.
 * @throws Error if the stored output layer cannot be read
 */
export async function hasTiedHead(config: ModelConfig, source: WeightSource): Promise<boolean> {
  if (!config.tiedEmbeddings) return false
  const embedding = source.tensors.get(embeddingName)
  const head = source.tensors.get(headName)
  const unreadable = source.unreadable.get(headName)
  if (unreadable !== undefined) throw new Error(unreadable)
  if (embedding === undefined || head === undefined) return true
  if (embedding.type !== head.type || embedding.shape.join() !== head.shape.join()) return false
  for (const range of rowRanges({ rows: config.vocabularySize, columns: config.hiddenSize })) {
    const [left, right] = await Promise.all([
      source.readRows(embeddingName, ...range),
      source.readRows(headName, ...range),
    ])
    if (Buffer.compare(left, right) !== 0) return false
  }
  return true
}
