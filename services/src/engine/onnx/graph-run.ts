import type { CausalBias } from './causal-bias.js'
import type { Forward, ModelVariant } from '../engine.js'

/** What one run of a graph reads (models/graph-contract.ts): S tokens of B sessions, row-major, after T slots of past. */
export interface GraphRun {
  slots: number
  tokens: number
  sessions: number
  tokenIds: Uint32Array
  positions: Uint32Array
  rowIndices: number[]
  bias: Float32Array
  /** By session. */
  variants: ModelVariant[]
}

/**
 * One session by itself.
 * @param slots of its past; what lies there behind its position is not looked at
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
    bias: bias.of([position], slots, tokens),
    variants: [cache.variant],
  }
}

/**
 * Several sessions: the past is padded to the longest, the tokens to the most.
 * Tokens that pad are run as token 0 at position 0; nothing looks at them, and what comes of them is left where it is.
 * @param columns of the sessions, in a past of `width` columns
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
  const variants = new Array<ModelVariant>(width).fill('whole')
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
  const causal = bias.of(pasts, slots, tokens)
  return { slots, tokens, sessions: width, tokenIds, positions, rowIndices, bias: causal, variants }
}

/** float32 [S, B]: 1 where the adapter counts. */
export const adapterSwitch = ({ tokens, variants }: GraphRun): Float32Array =>
  Float32Array.from({ length: tokens * variants.length }, (_, i) => (variants[i % variants.length] === 'whole' ? 1 : 0))
