import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { GraphBuilder } from './graph-builder.js'
import { graphDataBytes, writeGraph } from './writer.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-onnx-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const options = () => ({ folder, graphFileName: 'g.onnx', dataFileName: 'g.data', producerVersion: 'test' })

/** The graph y = x W^T + 1, with W [6000, 2] in two chunks. */
function affine(chunks: Float32Array[]): GraphBuilder {
  const graph = new GraphBuilder()
  const x = graph.input('x', 'float32', ['N', 2])
  const w = graph.initializer('w', {
    type: 'float32',
    shape: [6000, 2],
    chunks: () => chunks.map((chunk) => new Uint8Array(chunk.buffer)),
  })
  const product = graph.node('Gemm', [x, w], { attributes: { transB: 1, alpha: { float: 2 } } })
  graph.node('Add', [product, graph.float(1)], { name: 'y' })
  graph.output('y', 'float32', ['N', 6000])
  return graph
}

it('writes a graph that onnxruntime runs, with large tensors aligned in a second file', async () => {
  const graph = affine([new Float32Array(6000).fill(1), new Float32Array(6000).fill(2)])
  graph.initializer('another', { type: 'uint8', shape: [50_000], chunks: () => [new Uint8Array(50_000)] })
  let bytes = 0
  await writeGraph(graph, {
    ...options(),
    onBytes: (count) => {
      bytes += count
    },
  })
  expect(bytes).toBe(graphDataBytes(graph))
  expect((await readFile(join(folder, 'g.data'))).length).toBe(49_152 + 50_000)

  const session = await InferenceSession.create(join(folder, 'g.onnx'))
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 10), [1, 2]) })
  expect(y?.dims).toEqual([1, 6000])
  expect([y?.data[0], y?.data[2999], y?.data[3000], y?.data[5999]]).toEqual([23, 23, 45, 45])
  await session.release()
})

it('refuses a tensor whose bytes do not match its shape', async () => {
  await expect(writeGraph(affine([new Float32Array(6000)]), options())).rejects.toThrow(
    'tensor w of shape [6000,2] gave 24000 bytes: expected 48000',
  )
})

it('gives each branch its own small tensors, and shares the large ones', async () => {
  const graph = new GraphBuilder()
  const x = graph.input('x', 'float32', ['N'])
  const large = graph.floats('large', [10_000], new Float32Array(10_000).fill(5))
  const sum = () => graph.node('Add', [graph.node('Add', [x, graph.float(2)]), large])
  const positive = graph.node('Greater', [
    graph.node('ReduceMax', [x], { attributes: { keepdims: 0 } }),
    graph.float(0),
  ])
  graph.choose(
    positive,
    ['y'],
    () => [sum()],
    () => [graph.node('Mul', [sum(), graph.float(0)])],
  )
  graph.output('y', 'float32', ['N'])
  await writeGraph(graph, options())

  const session = await InferenceSession.create(join(folder, 'g.onnx'))
  const first = async (value: number) => {
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(value), [1]) })
    return y?.data[0]
  }
  expect([await first(1), await first(-1)]).toEqual([8, 0])
  await session.release()
})

it('stops on abort', async () => {
  const signal = AbortSignal.abort(new Error('stopped'))
  await expect(writeGraph(affine([new Float32Array(12_000)]), { ...options(), signal })).rejects.toThrow('stopped')
})
