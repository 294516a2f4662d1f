import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOutputs } from '../graph-contract.js'
import { GraphBuilder } from '../onnx/graph-builder.js'
import { encodeGraph } from '../onnx/in-memory.js'
import { largestSummaryDifference } from '../testing/summary.js'
import { createRandom } from '../testing/synthetic-source.js'
import { summarise } from './vocabulary.js'

/** What the graph finds in rows that no model was asked for: ties, and what is no distribution. */

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
/** A dozen values, so that each is shared by hundreds of ids. */
const tied = () => flat().map((value) => Math.round(value / 3))

test('the best ids are in order, ties by lowest id', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? flat() : tied()))
  rows.push(new Float32Array(size), flat().fill(-Infinity, 100), flat().fill(-3.4e38, 0, 2900))
  expect(largestSummaryDifference(await run(wide, rows), rows)).toBeLessThanOrEqual(1e-5)
})

test('of few ids they are all', async () => {
  const rows = [Float32Array.of(1, 3, -2, 3, 0), Float32Array.of(0, 0, 0, 0, 0)]
  const outputs = await run(narrow, rows)
  expect(outputs[graphOutputs.bestIds]?.dims).toEqual([2, 5])
  expect(largestSummaryDifference(outputs, rows)).toBeLessThanOrEqual(1e-5)
})

test('NaN or positive infinity anywhere, and negative infinity everywhere, leave no finite sum', async () => {
  const signs = [Number.NaN, Number.POSITIVE_INFINITY]
  // Vectors of 4 to 48 floats, and what is left over behind the last.
  const places = [...Array.from({ length: 100 }, (_, i) => i), ...Array.from({ length: 100 }, (_, i) => size - 1 - i)]
  const broken = signs.flatMap((value) => places.map((at) => flat().fill(value, at, at + 1)))
  broken.push(flat().fill(Number.NaN), flat().fill(-Infinity))
  const { data } = (await run(wide, broken))[graphOutputs.logSumExp] ?? {}
  expect(Array.from(data as Float32Array).filter(Number.isFinite)).toEqual([])
})
