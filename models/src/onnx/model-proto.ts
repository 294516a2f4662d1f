import type { Attribute, GraphBuilder, GraphNode, TensorType } from './graph-builder.js'
import { attributeTypes, elementTypes } from './schema.js'

const opset = 21
const irVersion = 10

/** The graph as a ModelProto; `initializer` are its stored tensors as TensorProtos. */
export function modelProto(graph: GraphBuilder, initializer: readonly object[], producerVersion: string): object {
  return {
    irVersion,
    producerName: 'tandem',
    producerVersion,
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'model',
      initializer,
      input: [...graph.inputs].map(valueInfo),
      output: [...graph.outputs].map(valueInfo),
      node: graph.nodes.map(nodeProto),
    },
  }
}

const nodeProto = (node: GraphNode): object => ({
  name: node.outputs[0],
  opType: node.operator,
  domain: node.domain,
  input: node.inputs,
  output: node.outputs,
  attribute: Object.entries(node.attributes).map(([name, value]) => ({ name, ...attributeValue(value) })),
})

function attributeValue(value: Attribute): object {
  if (typeof value === 'number') return { i: value, type: attributeTypes.int }
  if (typeof value === 'string') return { s: new TextEncoder().encode(value), type: attributeTypes.string }
  if ('float' in value) return { f: value.float, type: attributeTypes.float }
  if (!('branch' in value)) return { ints: value, type: attributeTypes.ints }
  const { nodes, outputs } = value.branch
  const g = { name: 'branch', node: nodes.map(nodeProto), output: outputs.map((name) => ({ name })) }
  return { g, type: attributeTypes.graph }
}

const valueInfo = ([name, { type, shape }]: [string, TensorType]) => ({
  name,
  type: {
    tensorType: {
      elemType: elementTypes[type],
      shape: { dim: shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })) },
    },
  },
})
