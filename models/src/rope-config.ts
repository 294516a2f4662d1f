import { z } from 'zod'
import { parseConfigFile } from './parse-file.js'

/** The rotary position embedding: angle(position, i) = position * inverseFrequencies[i]. */
export interface RopeConfig {
  /** float32, [head size / 2] */
  readonly inverseFrequencies: Float32Array
}

const defaultTheta = 10_000

const parametersSchema = z.looseObject({
  rope_type: z.string().nullish(),
  type: z.string().nullish(),
  rope_theta: z.number().positive().nullish(),
  partial_rotary_factor: z.number().nullish(),
  factor: z.number().positive().nullish(),
  low_freq_factor: z.number().nullish(),
  high_freq_factor: z.number().nullish(),
  original_max_position_embeddings: z.number().positive().nullish(),
})
type Parameters = z.infer<typeof parametersSchema>

/**
 * The keys of `config.json` for the position encoding: those of transformers 4 (top level,
 * `rope_scaling`) and of transformers 5 (`rope_parameters`).
 */
export const ropeConfigSchema = z.looseObject({
  rope_theta: z.number().positive().nullish(),
  rope_scaling: z.record(z.string(), z.unknown()).nullish(),
  rope_parameters: z.record(z.string(), z.unknown()).nullish(),
  partial_rotary_factor: z.number().nullish(),
  original_max_position_embeddings: z.number().positive().nullish(),
  /**
   * [head size / 2]: divisors of the frequencies, from the GGUF file of a model with llama3 rope.
   */
  rope_frequency_factors: z.array(z.number().positive()).nullish(),
})
type RopeKeys = z.infer<typeof ropeConfigSchema>

/**
 * Resolves the rotary embedding as transformers' `modeling_rope_utils` does, in float32.
 * @throws Error with a rope type or a partial rotation that no graph of Tandem computes
 */
export function parseRopeConfig(keys: RopeKeys, headSize: number, contextLength: number): RopeConfig {
  const parameters = ropeParameters(keys)
  const type = parameters.rope_type ?? parameters.type ?? 'default'
  const rotated = parameters.partial_rotary_factor ?? keys.partial_rotary_factor ?? 1
  if (rotated !== 1)
    throw new Error(
      `config.json has partial_rotary_factor ${rotated}; only models that rotate whole heads (1) are supported`,
    )
  if (headSize % 2 !== 0) throw new Error(`head size is ${headSize}: expected an even number for rotary embeddings`)
  const scale = ropeTypes[type]
  if (scale === undefined)
    throw new Error(`config.json has rope type "${type}": expected one of ${Object.keys(ropeTypes).join(', ')}`)
  const frequencies = baseFrequencies(parameters.rope_theta ?? keys.rope_theta ?? defaultTheta, headSize)
  const original = keys.original_max_position_embeddings ?? parameters.original_max_position_embeddings
  const scaled = scale(frequencies, parameters, original ?? contextLength)
  return { inverseFrequencies: divideByFactors(scaled, keys.rope_frequency_factors ?? null) }
}

/**
 * `rope_scaling` wins over `rope_parameters`, as in transformers; parameters may be nested under
 * the layer type.
 */
function ropeParameters(keys: RopeKeys): Parameters {
  const name = keys.rope_scaling == null ? 'rope_parameters' : 'rope_scaling'
  const flat = keys[name] ?? {}
  const nested = flat.full_attention
  const path = nested == null ? [name] : [name, 'full_attention']
  return parseConfigFile(parametersSchema, nested ?? flat, 'config.json', path)
}

/** Computes 1 / theta^(2i / head size), rounded to float32 at the same places as torch. */
function baseFrequencies(theta: number, headSize: number): Float32Array {
  return Float32Array.from({ length: headSize / 2 }, (_, i) =>
    Math.fround(1 / Math.fround(theta ** Math.fround((2 * i) / headSize))),
  )
}

type Scale = (frequencies: Float32Array, parameters: Parameters, originalContext: number) => Float32Array

const ropeTypes: Readonly<Record<string, Scale>> = {
  default: (frequencies) => frequencies,
  linear: (frequencies, parameters) => {
    const factor = required(parameters.factor, 'factor', 'linear')
    return frequencies.map((frequency) => frequency / factor)
  },
  llama3: scaleLlama3,
}

/**
 * Divides low frequencies by `factor`, keeps high ones and interpolates between them (Llama 3.1).
 */
function scaleLlama3(frequencies: Float32Array, parameters: Parameters, originalContext: number): Float32Array {
  const factor = required(parameters.factor, 'factor', 'llama3')
  const low = required(parameters.low_freq_factor, 'low_freq_factor', 'llama3')
  const high = required(parameters.high_freq_factor, 'high_freq_factor', 'llama3')
  return frequencies.map((frequency) => {
    const wavelength = (2 * Math.PI) / frequency
    if (wavelength < originalContext / high) return frequency
    if (wavelength > originalContext / low) return frequency / factor
    const smooth = (originalContext / wavelength - low) / (high - low)
    return ((1 - smooth) * frequency) / factor + smooth * frequency
  })
}

function required(value: number | null | undefined, key: string, type: string): number {
  if (value == null) throw new Error(`config.json has rope type "${type}" without "${key}"`)
  return value
}

function divideByFactors(frequencies: Float32Array, factors: readonly number[] | null): Float32Array {
  if (factors === null) return frequencies
  if (factors.length !== frequencies.length)
    throw new Error(
      `rope_frequency_factors has ${factors.length} numbers: expected ${frequencies.length} (head size / 2)`,
    )
  return frequencies.map((frequency, i) => frequency / (factors[i] ?? 1))
}
