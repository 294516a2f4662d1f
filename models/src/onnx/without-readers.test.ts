import { expect, test } from 'vitest'
import { GraphBuilder } from './graph-builder.js'
import { encodeGraph } from './in-memory.js'
import { decodeModel } from './schema.js'
import { withoutReaders } from './without-readers.js'

test('removes all nodes that depend on a value, and keeps the value and other nodes', async () => {
  const graph = new GraphBuilder()
  const x = graph.input('x', 'float32', ['N'])
  const output = (name: string) => graph.output(name, 'float32', ['N'])
  output(graph.node('Neg', [x], { name: 'kept' }))
  output(graph.node('Exp', ['kept'], { name: 'gone' }))
  output(graph.node('Add', [x, graph.node('Abs', ['gone'])], { name: 'gone too' }))
  output(graph.node('Sqrt', [x], { name: 'separate' }))
  const left = decodeModel(withoutReaders(await encodeGraph(graph, 'test'), 'kept')).graph
  expect(left?.node.map(({ opType }) => opType)).toEqual(['Neg', 'Sqrt'])
  expect(left?.output.map(({ name }) => name)).toEqual(['kept', 'separate'])
})
