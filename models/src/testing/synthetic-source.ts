import type { ModelConfig } from '../config.js'
import type { StoredType, TensorInfo, WeightSource } from '../source.js'
import { isGridType, roundRows } from '../weights/blocks.js'
import { blockSize, dequantize, floatsToHalves, storedBytes } from '../weights/dequantize.js'

/** Returns random numbers in [0, 1). The same seed gives the same numbers (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Returns the names and shapes of the tensors of a checkpoint. */
export function tensorShapes(config: ModelConfig): Map<string, number[]> {
  const shapes = new Map<string, number[]>()
  const { hiddenSize, intermediateSize, headSize, biases } = config
  const querySize = config.heads * headSize
  const keySize = config.keyValueHeads * headSize
  const linear = (name: string, rows: number, columns: number, bias: boolean) => {
    shapes.set(`${name}.weight`, [rows, columns])
    if (bias) shapes.set(`${name}.bias`, [rows])
  }
  const norm = (name: string, size: number) => shapes.set(`${name}.weight`, [size])
  linear('model.embed_tokens', config.vocabularySize, hiddenSize, false)
  if (config.head === 'score') linear('score', 1, hiddenSize, false)
  else if (!config.tiedEmbeddings) linear('lm_head', config.vocabularySize, hiddenSize, false)
  norm('model.norm', hiddenSize)
  for (let layer = 0; layer < config.layers; layer++) {
    const name = `model.layers.${layer}`
    for (const part of layerNorms[config.architecture]) norm(`${name}.${part}`, hiddenSize)
    if (config.architecture === 'qwen3') for (const part of ['q', 'k']) norm(`${name}.self_attn.${part}_norm`, headSize)
    if (config.architecture === 'olmo2') {
      norm(`${name}.self_attn.q_norm`, querySize)
      norm(`${name}.self_attn.k_norm`, keySize)
    }
    linear(`${name}.self_attn.q_proj`, querySize, hiddenSize, biases.queryKeyValue)
    linear(`${name}.self_attn.k_proj`, keySize, hiddenSize, biases.queryKeyValue)
    linear(`${name}.self_attn.v_proj`, keySize, hiddenSize, biases.queryKeyValue)
    linear(`${name}.self_attn.o_proj`, hiddenSize, querySize, biases.attentionOutput)
    linear(`${name}.mlp.gate_proj`, intermediateSize, hiddenSize, biases.mlp)
    linear(`${name}.mlp.up_proj`, intermediateSize, hiddenSize, biases.mlp)
    linear(`${name}.mlp.down_proj`, hiddenSize, intermediateSize, biases.mlp)
  }
  return shapes
}

const normsBefore = ['input_layernorm', 'post_attention_layernorm']
const layerNorms: Readonly<Record<ModelConfig['architecture'], readonly string[]>> = {
  llama: normsBefore,
  mistral: normsBefore,
  qwen2: normsBefore,
  qwen3: normsBefore,
  olmo2: ['post_attention_layernorm', 'post_feedforward_layernorm'],
}

/**
 * Creates a checkpoint of random weights in memory. `typeOf` gives the type of each matrix. Vectors
 * are F32.
 */
export function syntheticSource(
  config: ModelConfig,
  seed: number,
  typeOf: (name: string) => StoredType = () => 'F32',
): WeightSource {
  const random = createRandom(seed)
  const stored = new Map<string, Uint8Array>()
  const tensors = new Map<string, TensorInfo>()
  for (const [name, shape] of tensorShapes(config)) {
    const type = shape.length === 1 ? 'F32' : typeOf(name)
    tensors.set(name, { type, shape })
    const count = shape.reduce((product, size) => product * size, 1)
    stored.set(name, randomBytes(type, count, shape.length === 1 ? 1 : 0.25, random))
  }
  return memorySource(tensors, (name) => stored.get(name) ?? new Uint8Array(0))
}

/** Creates random numbers of about the given size, stored as the type. */
function randomBytes(type: StoredType, count: number, size: number, random: () => number): Uint8Array {
  const floats = (length: number, scale: number) => Float32Array.from({ length }, () => (random() * 2 - 1) * scale)
  if (type === 'F32') return new Uint8Array(floats(count, size).buffer)
  if (type === 'F16') return new Uint8Array(floatsToHalves(floats(count, size)).buffer)
  if (type === 'BF16')
    return new Uint8Array(Uint16Array.from(new Uint32Array(floats(count, size).buffer), (bits) => bits >>> 16).buffer)
  const bytes = Uint8Array.from({ length: (count / blockSize) * storedBytes[type] }, () => random() * 256)
  const view = new DataView(bytes.buffer)
  const levels = type === 'Q8_0' ? 128 : 8
  for (let at = 0; at < bytes.length; at += storedBytes[type]) {
    const [scale = 0, minimum = 0] = floatsToHalves(Float32Array.of((size / levels) * (0.5 + random()), -size))
    view.setUint16(at, scale, true)
    if (type === 'Q4_1') view.setUint16(at + 2, minimum, true)
  }
  return bytes
}

/** Returns the same checkpoint in float32. */
export function dequantizedSource(source: WeightSource): WeightSource {
  return floatSource(source, async (name) => {
    const { type, rows } = extent(source, name)
    return dequantize(type, await source.readRows(name, 0, rows))
  })
}

/** Returns the same matrices rounded to blocks with the given bits, as float32. */
export function roundedSource(source: WeightSource, bitsOf: (name: string) => 4 | 8): WeightSource {
  return floatSource(source, async (name) => {
    const { type, rows, columns } = extent(source, name)
    const floats = dequantize(type, await source.readRows(name, 0, rows))
    return columns === 0 ? floats : expandRounded(floats, columns, bitsOf(name))
  })
}

function expandRounded(floats: Float32Array, columns: number, bits: 4 | 8): Float32Array {
  const { quants, scales } = roundRows(floats, columns, bits)
  const perRow = Math.ceil(columns / blockSize)
  return floats.map((_, at) => {
    const column = at % columns
    const block = Math.floor(at / columns) * perRow + Math.floor(column / blockSize)
    const i = block * blockSize + (column % blockSize)
    const q = bits === 8 ? (quants[i] ?? 0) : ((quants[i >> 1] ?? 0) >> (4 * (i & 1))) & 15
    return (scales[block] ?? 0) * (q - 2 ** (bits - 1))
  })
}

function extent(source: WeightSource, name: string) {
  const { type = 'F32', shape = [] } = source.tensors.get(name) ?? {}
  const [rows = 1, columns = 0] = shape.length === 1 ? [1, 0] : shape
  return { type, rows, columns }
}

function floatSource(source: WeightSource, read: (name: string) => Promise<Float32Array>): WeightSource {
  const tensors = new Map([...source.tensors].map(([name, { shape }]) => [name, { type: 'F32' as const, shape }]))
  const inner = memorySource(tensors, () => new Uint8Array(0))
  return {
    ...inner,
    readRows: async (name, start, end) => {
      const floats = await read(name)
      const { rows } = extent(source, name)
      const width = floats.length / rows
      return new Uint8Array(floats.slice(start * width, end * width).buffer)
    },
  }
}

function memorySource(tensors: Map<string, TensorInfo>, bytesOfTensor: (name: string) => Uint8Array): WeightSource {
  const grid = [...tensors.values()].some(({ type }) => isGridType(type))
  return {
    kind: grid ? 'gguf' : 'safetensors',
    tensors,
    unreadable: new Map(),
    readRows: async (name, start, end) => {
      const bytes = bytesOfTensor(name)
      const { shape = [] } = tensors.get(name) ?? {}
      const width = bytes.length / (shape.length === 1 ? 1 : (shape[0] ?? 1))
      return bytes.slice(start * width, end * width)
    },
    close: async () => {},
  }
}
