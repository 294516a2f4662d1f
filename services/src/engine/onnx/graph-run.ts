import type { Forward, ModelVariant } from '../engine.js'
import type { CausalBias } from './causal-bias.js'

/**
 * Inputs of one run of a graph (models/src/graph-contract.ts): S tokens of B sessions, row-major,
 * after T slots of past.
 */
export interface GraphRun {
  /** T */
  readonly slots: number
  /** S */
  readonly tokens: number
  /** B */
  readonly sessions: number
  readonly tokenIds: Uint32Array
  readonly positions: Uint32Array
  readonly rowIndices: number[]
  readonly bias: Float32Array
  /** One for each session. */
  readonly variants: ModelVariant[]
}

/**
 * Builds the run of a single session.
 * @param slots of its past; slots after its position are masked
 */
export function singleRun(
  { cache, position, tokenIds, rowIndices }: Forward,
  bias: CausalBias,
  slots = position,
): GraphRun {
  const tokens = tokenIds.length
  return {
    slots,
    tokens,
    sessions: 1,
    tokenIds,
    positions: tokenIds.map((_, i) => position + i),
    rowIndices,
    bias: bias.build([position], slots, tokens),
    variants: [cache.variant],
  }
}

/**
 * Builds the run of several sessions. The past is padded to the longest past, the tokens to the
 * largest number of tokens. Padding tokens run as token 0 at position 0; no token attends to them,
 * and their results are not read.
 * @param columns the sessions' columns, in a past of `width` columns
 */
export function batchRun(
  forwards: readonly Forward[],
  columns: readonly number[],
  width: number,
  bias: CausalBias,
): GraphRun {
  const slots = Math.max(...forwards.map(({ position }) => position))
  const tokens = Math.max(...forwards.map(({ tokenIds }) => tokenIds.length))
  const tokenIds = new Uint32Array(tokens * width)
  const positions = new Uint32Array(tokens * width)
  const pasts = new Array<number>(width).fill(0)
  const variants = new Array<ModelVariant>(width).fill('adapted')
  forwards.forEach((forward, i) => {
    const column = columns[i] as number
    pasts[column] = forward.position
    variants[column] = forward.cache.variant
    forward.tokenIds.forEach((id, token) => {
      tokenIds[token * width + column] = id
      positions[token * width + column] = forward.position + token
    })
  })
  const rowIndices = forwards.flatMap((forward, i) =>
    forward.rowIndices.map((row) => row * width + (columns[i] as number)),
  )
  const causal = bias.build(pasts, slots, tokens)
  return { slots, tokens, sessions: width, tokenIds, positions, rowIndices, bias: causal, variants }
}

/** The adapter's switch for each token, float32 [S, B]: 1 with the adapter, 0 without. */
export const adapterSwitch = ({ tokens, variants }: GraphRun): Float32Array =>
  Float32Array.from({ length: tokens * variants.length }, (_, i) =>
    variants[i % variants.length] === 'adapted' ? 1 : 0,
  )
