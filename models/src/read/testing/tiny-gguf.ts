import { byteCharacters } from './byte-characters.js'
import { floatTensor, type GgufFile, type GgufTensor, type GgufValue } from './gguf-file.js'

export const tokens = [...byteCharacters, '<s>', '</s>', '<tool>', '12', '34', '¡Ù', 'abc', 'hi', 'Ġhi']
export const merges = ['1 2', '3 4', '¡ Ù', 'h i', 'Ġ hi']
/** Returns the id of a token. */
export const idOf = (token: string) => tokens.indexOf(token)

const control = 3
const userDefined = 4
const tokenTypes = tokens.map((token) => (/^<\/?s>$/.test(token) ? control : token === '<tool>' ? userDefined : 1))

/** A model of one layer with two heads of width 4 and one key/value head. */
export function tinyMetadata(architecture = 'llama'): Record<string, GgufValue> {
  return {
    'general.architecture': architecture,
    [`${architecture}.block_count`]: 1,
    [`${architecture}.context_length`]: 64,
    [`${architecture}.embedding_length`]: 8,
    [`${architecture}.feed_forward_length`]: 12,
    [`${architecture}.attention.head_count`]: 2,
    [`${architecture}.attention.head_count_kv`]: 1,
    [`${architecture}.attention.layer_norm_rms_epsilon`]: 0.5,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'gpt-2',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': tokenTypes,
    'tokenizer.ggml.merges': merges,
    'tokenizer.ggml.bos_token_id': idOf('<s>'),
    'tokenizer.ggml.eos_token_id': idOf('</s>'),
  }
}

/** Returns row * 100 + column for each number, so that rows can be recognised. */
function matrix(name: string, rows: number, columns: number): GgufTensor {
  const values = Array.from({ length: rows * columns }, (_, i) => Math.floor(i / columns) * 100 + (i % columns))
  return floatTensor(name, [rows, columns], values)
}

export const tinyTensors: readonly GgufTensor[] = [
  matrix('token_embd.weight', tokens.length, 8),
  floatTensor(
    'blk.0.attn_norm.weight',
    [8],
    Array.from({ length: 8 }, (_, i) => i),
  ),
  matrix('blk.0.attn_q.weight', 8, 8),
  matrix('blk.0.attn_k.weight', 4, 8),
  matrix('blk.0.attn_v.weight', 4, 8),
  matrix('blk.0.attn_output.weight', 8, 8),
  floatTensor(
    'blk.0.ffn_norm.weight',
    [8],
    Array.from({ length: 8 }, () => 1),
  ),
  matrix('blk.0.ffn_gate.weight', 12, 8),
  matrix('blk.0.ffn_up.weight', 12, 8),
  matrix('blk.0.ffn_down.weight', 8, 12),
  floatTensor(
    'output_norm.weight',
    [8],
    Array.from({ length: 8 }, () => 1),
  ),
]

export function tinyGguf(metadata: Readonly<Record<string, GgufValue>> = {}, tensors = tinyTensors): GgufFile {
  return { metadata: { ...tinyMetadata(), ...metadata }, tensors }
}
