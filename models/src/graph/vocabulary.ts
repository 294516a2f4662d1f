import { bestCount, graphInputs, graphOutputs } from '../graph-contract.js'
import { first } from '../lists.js'
import { rowSize } from '../manifest.js'
import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import { type BlockMatrix, blockBytes, blocksPerRow } from '../weights/blocks.js'
import { blockSize } from '../weights/dequantize.js'
import { scoreName } from '../weights/score-head.js'
import { embeddingName, headName } from '../weights/tied-head.js'
import type { Decoder, Run } from './decoder.js'
import { applyMatrix } from './linear.js'
import { LinearInput } from './linear-input.js'
import { storeBlocks } from './mat-mul-n-bits.js'
import { rmsNorm } from './norm.js'
import { blockInitializers, float16Initializer, float32Initializer, storeMatrix } from './storage.js'

/** Reads the embedding of each token: float32 [N, H]. */
export function embed(decoder: Decoder, { tokenIds }: Run): Value {
  const { graph, config, weights, precision } = decoder
  const matrix = weights.matrix(embeddingName, config.vocabularySize, config.hiddenSize)
  const stored = storeMatrix(matrix, 'vocabulary', precision)
  if (stored.form === 'blocks') return gatherBlocks(decoder, stored.blocks, tokenIds)
  const gather = (table: Value) => graph.node('Gather', [table, tokenIds])
  if (stored.form === 'float32') return gather(graph.initializer(matrix.name, float32Initializer(matrix)))
  return graph.cast(gather(graph.initializer(matrix.name, float16Initializer(matrix))), 'float32')
}

function gatherBlocks(decoder: Decoder, blocks: BlockMatrix, ids: Value): Value {
  const { graph } = decoder
  const perRow = blocksPerRow(blocks.columns)
  const { quants, scales } = storeBlocks(graph, blocks, [blocks.rows, perRow * blockBytes(blocks.bits)])
  const whole = graph.node('GatherBlockQuantized', [quants, ids, scales], {
    domain: 'com.microsoft',
    attributes: { bits: blocks.bits, block_size: blockSize, gather_axis: 0, quantize_axis: 1 },
  })
  const rows = blocks.hasOffsets ? addOffsets(decoder, whole, ids, blocks) : whole
  const width = perRow * blockSize
  if (width === blocks.columns) return rows
  return first(graph.split(rows, [blocks.columns, width - blocks.columns], 1))
}

function addOffsets({ graph }: Decoder, rows: Value, ids: Value, blocks: BlockMatrix): Value {
  const perRow = blocksPerRow(blocks.columns)
  const table = graph.initializer(`${blocks.name}.offsets`, blockInitializers(blocks).offsets)
  const offsets = graph.node('Gather', [table, ids])
  const inBlocks = graph.node('Reshape', [rows, graph.ints([-1, perRow, blockSize])])
  const sum = graph.node('Add', [inBlocks, graph.node('Unsqueeze', [offsets, graph.ints([2])])])
  return graph.node('Reshape', [sum, graph.ints([-1, perRow * blockSize])])
}

/**
 * Computes the head for the rows that the run reads, x [N, H]. Declares the logits and their
 * summary.
 */
export function readOut(decoder: Decoder, x: Value): void {
  const { graph, config } = decoder
  const rows = graph.node('Gather', [x, graphInputs.rowIndices])
  const normed = rmsNorm(decoder, 'model.norm', rows, config.hiddenSize)
  const { adapterSwitch } = decoder
  const switchOfRows = adapterSwitch && graph.node('Gather', [adapterSwitch, graphInputs.rowIndices])
  const logits =
    config.head === 'score'
      ? scoreOf(decoder, normed)
      : headProduct({ ...decoder, adapterSwitch: switchOfRows }, normed)
  graph.rename(logits, graphOutputs.logits)
  graph.output(graphOutputs.logits, 'float32', ['R', rowSize(config)])
  if (config.head === 'vocabulary') summarise(graph, config.vocabularySize)
}

/**
 * Adds the best ids and the log-sum-exp of each row. The kernels take a tenth of the time of a scan
 * in JavaScript.
 */
export function summarise(graph: GraphBuilder, vocabularySize: number): void {
  const { logits, bestLogits, bestIds, logSumExp } = graphOutputs
  const count = Math.min(bestCount, vocabularySize)
  graph.node('TopK', [logits, graph.ints([count])], { name: bestLogits, furtherOutputs: [bestIds] })
  graph.output(bestLogits, 'float32', ['R', count])
  graph.output(bestIds, 'int64', ['R', count])
  // max - log(p of the best): Softmax has a fast kernel, ReduceLogSumExp does not.
  const max = (v: Value) => graph.node('ReduceMax', [v, graph.ints([1])])
  const bestShare = max(graph.node('Softmax', [logits], { attributes: { axis: -1 } }))
  graph.node('Sub', [max(logits), graph.node('Log', [bestShare])], { name: logSumExp })
  graph.output(logSumExp, 'float32', ['R', 1])
}

/**
 * Computes the score of each row, [R, 1]. Its weights are one row, so they are float32 in every
 * precision.
 */
function scoreOf({ graph, config, weights }: Decoder, x: Value): Value {
  const matrix = weights.matrix(scoreName, 1, config.hiddenSize)
  return graph.node('Gemm', [x, graph.initializer(matrix.name, float32Initializer(matrix))], {
    attributes: { transB: 1 },
  })
}

/**
 * A tied output layer uses the stored tensor of the embedding, unless an adapter was merged into
 * it.
 */
function headProduct(decoder: Decoder, x: Value): Value {
  const { config, weights, precision, graph } = decoder
  const { vocabularySize: rows, hiddenSize: columns } = config
  const matrix = weights.matrix(config.tiedEmbeddings ? embeddingName : headName, rows, columns, headName)
  const stored = storeMatrix(matrix, 'vocabulary', precision)
  return applyMatrix(decoder, new LinearInput(graph, x, columns), stored, [{ name: 'lm_head', rows }])
}
