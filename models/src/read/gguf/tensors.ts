import type { StoredType, WeightSource } from '../../source.js'
import type { BinaryFile } from '../binary-file.js'
import { createWeightSource, type StoredTensor, tensorBytes } from '../tensor-table.js'
import type { TensorEntry } from './header.js'
import { type HeadCounts, unpermuteRows } from './permutation.js'
import { typeName } from './types.js'

/** A tensor of llama.cpp that is not a weight: the divisors of the rotary frequencies. */
export const frequencyFactorsName = 'rope_freqs.weight'

const readableTypes: readonly StoredType[] = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_1']

const topNames: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
}

const layerNames: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
  // olmo2, which has its norms after attention and MLP
  post_attention_norm: 'post_attention_layernorm',
  post_ffw_norm: 'post_feedforward_layernorm',
}

/**
 * Returns the tensors with the names and the row order of Hugging Face.
 * @throws Error with a tensor of an unknown name or of an unsupported type
 */
export function createGgufSource(
  file: BinaryFile,
  entries: readonly TensorEntry[],
  permutedHeads: HeadCounts | null,
): WeightSource {
  const tensors = new Map<string, StoredTensor>()
  for (const entry of entries)
    if (entry.name !== frequencyFactorsName) {
      const name = huggingFaceName(file, entry.name)
      if (tensors.has(name)) throw new Error(`${file.path} has tensor ${entry.name} twice; is the file damaged?`)
      tensors.set(name, locate(file, entry))
    }
  const source = createWeightSource('gguf', [file], tensors)
  return permutedHeads === null ? source : unpermuteRows(source, permutedHeads)
}

/** Returns the place of a tensor. @throws Error if its type or its size is wrong */
export function locate(file: BinaryFile, { name, shape, typeId, offset }: TensorEntry): StoredTensor {
  const found = typeName(typeId)
  const type = readableTypes.find((readable) => readable === found)
  if (type === undefined)
    throw new Error(`${file.path}: tensor ${name} is stored as ${found}: expected one of ${readableTypes.join(', ')}`)
  const bytes = tensorBytes({ type, shape })
  if (bytes === null)
    throw new Error(`${file.path}: tensor ${name} [${shape}] is not a whole number of blocks of ${type}`)
  if (offset + bytes > file.bytes)
    throw new Error(
      `${file.path} has ${file.bytes} bytes, tensor ${name} ends at ${offset + bytes}; is the download complete?`,
    )
  return { type, shape, file, offset }
}

function huggingFaceName(file: BinaryFile, name: string): string {
  const [, layer, part, leaf] = /^(?:blk\.(\d+)\.)?([a-z_]+)\.(weight|bias)$/.exec(name) ?? []
  const known = part === undefined ? undefined : (layer === undefined ? topNames : layerNames)[part]
  if (known === undefined) throw new Error(`${file.path}: tensor ${name} is unknown in all supported architectures`)
  return layer === undefined ? `${known}.${leaf}` : `model.layers.${layer}.${known}.${leaf}`
}
