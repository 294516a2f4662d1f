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

/** y = x W^T + 1 with W [600, 2] in two chunks. */
function affine(chunks: Float32Array[]): GraphBuilder {
  const graph = new GraphBuilder()
  const x = graph.input('x', 'float32', ['N', 2])
  const w = graph.initializer('w', {
    type: 'float32',
    shape: [600, 2],
    chunks: () => chunks.map((chunk) => new Uint8Array(chunk.buffer)),
  })
  const product = graph.node('Gemm', [x, w], { attributes: { transB: 1, alpha: { float: 2 } } })
  graph.node('Add', [product, graph.float(1)], { name: 'y' })
  graph.output('y', 'float32', ['N', 600])
  return graph
}

it('writes a graph that onnxruntime runs, large tensors aligned in a file beside it', async () => {
  const graph = affine([new Float32Array(600).fill(1), new Float32Array(600).fill(2)])
  graph.initializer('another', { type: 'uint8', shape: [5000], chunks: () => [new Uint8Array(5000)] })
  let bytes = 0
  await writeGraph(graph, {
    ...options(),
    onBytes: (count) => {
      bytes += count
    },
  })
  expect(bytes).toBe(graphDataBytes(graph))
  expect((await readFile(join(folder, 'g.data'))).length).toBe(8192 + 5000)

  const session = await InferenceSession.create(join(folder, 'g.onnx'))
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 10), [1, 2]) })
  expect(y?.dims).toEqual([1, 600])
  expect([y?.data[0], y?.data[299], y?.data[300], y?.data[599]]).toEqual([23, 23, 45, 45])
  await session.release()
})

it('refuses a tensor with another number of bytes than its shape', async () => {
  await expect(writeGraph(affine([new Float32Array(600)]), options())).rejects.toThrow(
    'tensor w of shape [600,2] gave 2400 bytes, expected 4800',
  )
})

it('stops when the signal says so', async () => {
  const signal = AbortSignal.abort(new Error('stopped'))
  await expect(writeGraph(affine([new Float32Array(1200)]), { ...options(), signal })).rejects.toThrow('stopped')
})
