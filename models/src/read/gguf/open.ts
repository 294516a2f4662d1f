import { resolve } from 'node:path'
import type { ModelSource } from '../../source.js'
import { dequantize } from '../../weights/dequantize.js'
import { type BinaryFile, openBinaryFile } from '../binary-file.js'
import { tensorBytes } from '../tensor-table.js'
import { createConfig, createGenerationConfig } from './config.js'
import { type Header, readHeader } from './header.js'
import { MetadataReader } from './metadata.js'
import { createGgufSource, frequencyFactorsName, locate } from './tensors.js'
import { createTextFiles } from './tokenizer.js'

/**
 * Opens a GGUF file as a checkpoint: config and tokenizer from its metadata, tensors with the names
 * of Hugging Face.
 * @throws Error with the path and the part that is damaged or unknown
 */
export async function openGguf(path: string, signal?: AbortSignal): Promise<ModelSource> {
  const file = await openBinaryFile(resolve(path))
  try {
    const source = await describeGguf(file)
    signal?.throwIfAborted()
    return source
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * The same for an open file, which the caller closes. Reads only the header and a table of the
 * rotary embedding.
 */
export async function describeGguf(file: BinaryFile): Promise<ModelSource> {
  const header = await readHeader(file)
  const metadata = new MetadataReader(header.metadata, file.path)
  const names = new Set(header.tensors.map(({ name }) => name))
  const vocabularySize = header.tensors.find(({ name }) => name === 'token_embd.weight')?.shape[0]
  if (vocabularySize === undefined)
    throw new Error(`${file.path} has no tensor token_embd.weight: expected a complete language model`)
  const config = createConfig(metadata, {
    vocabularySize,
    tiedEmbeddings: !names.has('output.weight'),
    attentionBias: names.has('blk.0.attn_q.bias'),
    mlpBias: names.has('blk.0.ffn_gate.bias'),
    frequencyFactors: await readFrequencyFactors(file, header),
  })
  const permutedHeads =
    config.model_type === 'llama'
      ? { heads: Number(config.num_attention_heads), keyValueHeads: Number(config.num_key_value_heads) }
      : null
  return {
    weights: createGgufSource(file, header.tensors, permutedHeads),
    config,
    generationConfig: createGenerationConfig(metadata),
    textFiles: createTextFiles(metadata, vocabularySize),
    files: [file.path],
  }
}

async function readFrequencyFactors(file: BinaryFile, header: Header): Promise<number[] | null> {
  const entry = header.tensors.find(({ name }) => name === frequencyFactorsName)
  if (entry === undefined) return null
  const tensor = locate(file, entry)
  return [...dequantize(tensor.type, await file.read(tensor.offset, tensorBytes(tensor) ?? 0))]
}
