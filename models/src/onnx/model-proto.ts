import type { Attribute, GraphBuilder, GraphNode, TensorType, Value } from './graph-builder.js'
import { attributeTypes, elementTypes, type externalLocation } from './schema.js'

const opset = 21
const irVersion = 10

/** A stored tensor as a TensorProto, with its bytes or with their place in the data file. */
export interface StoredTensor {
  readonly name: string
  readonly dims: readonly number[]
  readonly dataType: number
  readonly rawData?: Uint8Array
  readonly dataLocation?: typeof externalLocation
  readonly externalData?: readonly { readonly key: string; readonly value: string }[]
}

/**
 * Converts the graph to a ModelProto. Each branch gets its own copy of the small tensors that it
 * reads, because a value from outside a branch costs time in every run. Tensors in the data file
 * are mapped into memory once for all branches.
 */
export function modelProto(graph: GraphBuilder, tensors: readonly StoredTensor[], producerVersion: string): object {
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs))
  const isShared = ({ name, rawData }: StoredTensor) => rawData === undefined || used.has(name)
  const branchTensors = new Map(tensors.filter((tensor) => !isShared(tensor)).map((tensor) => [tensor.name, tensor]))
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
      initializer: tensors.filter(isShared),
      input: [...graph.inputs].map(valueInfo),
      output: [...graph.outputs].map(valueInfo),
      node: graph.nodes.map((node) => nodeProto(node, branchTensors)),
    },
  }
}

type BranchTensors = ReadonlyMap<Value, StoredTensor>

const nodeProto = (node: GraphNode, branchTensors: BranchTensors): object => ({
  name: node.outputs[0],
  opType: node.operator,
  domain: node.domain,
  input: node.inputs,
  output: node.outputs,
  attribute: Object.entries(node.attributes).map(([name, value]) => ({
    name,
    ...attributeValue(value, branchTensors),
  })),
})

function attributeValue(value: Attribute, branchTensors: BranchTensors): object {
  if (typeof value === 'number') return { i: value, type: attributeTypes.int }
  if (typeof value === 'string') return { s: new TextEncoder().encode(value), type: attributeTypes.string }
  if ('float' in value) return { f: value.float, type: attributeTypes.float }
  if (!('branch' in value)) return { ints: value, type: attributeTypes.ints }
  const { nodes, outputs } = value.branch
  const used = new Set(nodes.flatMap(({ inputs }) => inputs))
  const g = {
    name: 'branch',
    initializer: [...used].flatMap((name) => branchTensors.get(name) ?? []),
    node: nodes.map((node) => nodeProto(node, branchTensors)),
    output: outputs.map((name) => ({ name })),
  }
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
