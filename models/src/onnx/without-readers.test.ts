import { expect, test } from 'vitest'
import { GraphBuilder } from './graph-builder.js'
import { encodeGraph } from './in-memory.js'
import { decodeModel } from './schema.js'
import { withoutReaders } from './without-readers.js'

test('what reads a value goes, with what reads that; the value and all beside it stay', async () => {
  const graph = new GraphBuilder()
  const x = graph.input('x', 'float32', ['N'])
  const output = (name: string) => graph.output(name, 'float32', ['N'])
  output(graph.node('Neg', [x], { name: 'kept' }))
  output(graph.node('Exp', ['kept'], { name: 'gone' }))
  output(graph.node('Add', [x, graph.node('Abs', ['gone'])], { name: 'gone too' }))
  output(graph.node('Sqrt', [x], { name: 'beside' }))
  const left = decodeModel(withoutReaders(await encodeGraph(graph, 'test'), 'kept')).graph
  expect(left?.node.map(({ opType }) => opType)).toEqual(['Neg', 'Sqrt'])
  expect(left?.output.map(({ name }) => name)).toEqual(['kept', 'beside'])
})
