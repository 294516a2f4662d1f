import type { ModelConfig } from '../config.js'
import type { WeightSource } from '../source.js'
import { dequantize } from '../weights/dequantize.js'

type Vector = Float64Array

/**
 * Computes the forward pass of all five architectures with plain loops in float64, after
 * transformers' modeling files. It is slow, has no cache, and shares only the config with the
 * graph. Returns logits [S][V] or scores [S][1].
 */
export async function naiveForward(
  config: ModelConfig,
  source: WeightSource,
  ids: readonly number[],
): Promise<Float32Array[]> {
  const read = (name: string) => readTensor(source, name)
  const linear = async (name: string, xs: readonly Vector[], bias: boolean) => {
    const weight = await read(`${name}.weight`)
    const added = bias ? await read(`${name}.bias`) : null
    return xs.map((x) => multiply(weight, x).map((y, row) => y + (added?.[row] ?? 0)))
  }
  const norm = async (name: string, xs: readonly Vector[]) => {
    const weight = await read(`${name}.weight`)
    return xs.map((x) => rmsNorm(x, weight, config.normEpsilon))
  }
  const olmo = config.architecture === 'olmo2'
  const embedding = await read('model.embed_tokens.weight')
  let xs: Vector[] = ids.map((id) => embedding.slice(id * config.hiddenSize, (id + 1) * config.hiddenSize))

  for (let layer = 0; layer < config.layers; layer++) {
    const name = `model.layers.${layer}`
    const attentionInput = olmo ? xs : await norm(`${name}.input_layernorm`, xs)
    const attention = `${name}.self_attn`
    const bias = config.biases.queryKeyValue
    const project = async (part: 'q' | 'k') => {
      const projected = await linear(`${attention}.${part}_proj`, attentionInput, bias)
      const normed = olmo ? await norm(`${attention}.${part}_norm`, projected) : projected
      const heads = normed.map((x) => split(x, config.headSize))
      const weight = config.architecture === 'qwen3' ? await read(`${attention}.${part}_norm.weight`) : null
      return heads.map((row, position) =>
        row.map((head) => rotate(weight ? rmsNorm(head, weight, config.normEpsilon) : head, position, config)),
      )
    }
    const [queries, keys] = [await project('q'), await project('k')]
    const values = (await linear(`${attention}.v_proj`, attentionInput, bias)).map((x) => split(x, config.headSize))
    const attended = attend(config, queries, keys, values)
    const attentionOutput = await linear(`${attention}.o_proj`, attended, config.biases.attentionOutput)
    xs = add(xs, olmo ? await norm(`${name}.post_attention_layernorm`, attentionOutput) : attentionOutput)

    const mlpInput = olmo ? xs : await norm(`${name}.post_attention_layernorm`, xs)
    const gate = await linear(`${name}.mlp.gate_proj`, mlpInput, config.biases.mlp)
    const up = await linear(`${name}.mlp.up_proj`, mlpInput, config.biases.mlp)
    const hidden = gate.map((row, s) => row.map((g, i) => (g / (1 + Math.exp(-g))) * (up[s]?.[i] ?? 0)))
    const mlpOutput = await linear(`${name}.mlp.down_proj`, hidden, config.biases.mlp)
    xs = add(xs, olmo ? await norm(`${name}.post_feedforward_layernorm`, mlpOutput) : mlpOutput)
  }
  const own = config.head === 'score' ? 'score.weight' : 'lm_head.weight'
  const head = config.head !== 'score' && config.tiedEmbeddings ? embedding : await read(own)
  return (await norm('model.norm', xs)).map((x) => Float32Array.from(multiply(head, x)))
}

async function readTensor(source: WeightSource, name: string): Promise<Vector> {
  const { type = 'F32', shape = [] } = source.tensors.get(name) ?? {}
  return Float64Array.from(dequantize(type, await source.readRows(name, 0, shape.length === 1 ? 1 : (shape[0] ?? 0))))
}

function multiply(weight: Vector, x: Vector): Vector {
  const out = new Float64Array(weight.length / x.length)
  for (let row = 0; row < out.length; row++) out[row] = dot(weight.subarray(row * x.length, (row + 1) * x.length), x)
  return out
}

function dot(a: Vector, b: Vector): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}

function rmsNorm(x: Vector, weight: Vector, epsilon: number): Vector {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + epsilon)
  return x.map((value, i) => value * scale * (weight[i] ?? 0))
}

const split = (x: Vector, size: number): Vector[] =>
  Array.from({ length: x.length / size }, (_, i) => x.subarray(i * size, (i + 1) * size))

/** Rotates the pairs (i, i + D / 2). */
function rotate(head: Vector, position: number, { rope }: ModelConfig): Vector {
  const half = head.length / 2
  return head.map((value, i) => {
    const angle = position * (rope.inverseFrequencies[i % half] ?? 0)
    const partner = i < half ? -(head[i + half] ?? 0) : (head[i - half] ?? 0)
    return value * Math.cos(angle) + partner * Math.sin(angle)
  })
}

/**
 * Computes causal attention. Query head h reads key/value head floor(h / (heads / keyValueHeads)).
 */
function attend(config: ModelConfig, queries: Vector[][], keys: Vector[][], values: Vector[][]): Vector[] {
  const group = config.heads / config.keyValueHeads
  const nothing = new Float64Array(config.headSize)
  return queries.map((heads, position) => {
    const out = new Float64Array(config.heads * config.headSize)
    heads.forEach((query, h) => {
      const kv = Math.floor(h / group)
      const seen = keys.slice(0, position + 1).map((row) => dot(query, row[kv] ?? nothing) / Math.sqrt(config.headSize))
      const shares = softmax(seen)
      shares.forEach((share, t) => {
        const value = values[t]?.[kv] ?? nothing
        value.forEach((v, i) => {
          const at = h * config.headSize + i
          out[at] = (out[at] ?? 0) + share * v
        })
      })
    })
    return out
  })
}

function softmax(scores: readonly number[]): number[] {
  const max = Math.max(...scores)
  const exps = scores.map((score) => Math.exp(score - max))
  const sum = exps.reduce((a, b) => a + b, 0)
  return exps.map((value) => value / sum)
}

const add = (left: readonly Vector[], right: readonly Vector[]): Vector[] =>
  left.map((row, s) => row.map((value, i) => value + (right[s]?.[i] ?? 0)))
