import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOutputs } from '../graph-contract.js'
import { GraphBuilder } from '../onnx/graph-builder.js'
import { encodeGraph } from '../onnx/in-memory.js'
import { largestSummaryDifference } from '../testing/summary.js'
import { createRandom } from '../testing/synthetic-source.js'
import { summarise } from './vocabulary.js'

/** Tests the summary of rows that no model gives: ties, and rows that are not distributions. */

const size = 3001
let wide: InferenceSession
let narrow: InferenceSession
beforeAll(async () => {
  wide = await open(size)
  narrow = await open(5)
})
afterAll(async () => {
  await wide.release()
  await narrow.release()
})

async function open(vocabularySize: number): Promise<InferenceSession> {
  const graph = new GraphBuilder()
  graph.input(graphOutputs.logits, 'float32', ['R', vocabularySize])
  summarise(graph, vocabularySize)
  return InferenceSession.create(await encodeGraph(graph, 'test'), { intraOpNumThreads: 1 })
}

const run = (session: InferenceSession, rows: readonly Float32Array[]) => {
  const size = rows[0]?.length ?? 0
  const logits = Float32Array.from(rows.flatMap((row) => [...row]))
  return session.run({ [graphOutputs.logits]: new Tensor('float32', logits, [rows.length, size]) })
}

const random = createRandom(3)
const flat = () => Float32Array.from({ length: size }, () => random() * 30 - 20)
/** Rows with twelve different values, so that hundreds of ids have equal logits. */
const tied = () => flat().map((value) => Math.round(value / 3))

test('orders the best ids, and of equal logits the lowest id comes first', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? flat() : tied()))
  rows.push(new Float32Array(size), flat().fill(-Infinity, 100), flat().fill(-3.4e38, 0, 2900))
  expect(largestSummaryDifference(await run(wide, rows), rows)).toBeLessThanOrEqual(1e-5)
})

test('returns all ids of a small vocabulary', async () => {
  const rows = [Float32Array.of(1, 3, -2, 3, 0), Float32Array.of(0, 0, 0, 0, 0)]
  const outputs = await run(narrow, rows)
  expect(outputs[graphOutputs.bestIds]?.dims).toEqual([2, 5])
  expect(largestSummaryDifference(outputs, rows)).toBeLessThanOrEqual(1e-5)
})

test('gives no finite sum for NaN or infinity in a row, or a row of negative infinity', async () => {
  const signs = [Number.NaN, Number.POSITIVE_INFINITY]
  // Kernels use vectors of 4 to 48 floats, and the rest after the last vector has its own code.
  const places = [...Array.from({ length: 100 }, (_, i) => i), ...Array.from({ length: 100 }, (_, i) => size - 1 - i)]
  const broken = signs.flatMap((value) => places.map((at) => flat().fill(value, at, at + 1)))
  broken.push(flat().fill(Number.NaN), flat().fill(-Infinity))
  const { data } = (await run(wide, broken))[graphOutputs.logSumExp] ?? {}
  expect(Array.from(data as Float32Array).filter(Number.isFinite)).toEqual([])
})
