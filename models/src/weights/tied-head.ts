import type { ModelConfig } from '../config.js'
import type { WeightSource } from '../read/source.js'
import { rowRanges } from './matrix.js'

export const embeddingName = 'model.embed_tokens.weight'
export const headName = 'lm_head.weight'

/**
 * Whether the output layer is the embedding: as the config says, except where the checkpoint holds both with different
 * numbers; then both count, as in transformers.
 * @throws Error where the stored output layer cannot be read.
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
