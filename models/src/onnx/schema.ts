import { createRequire } from 'node:module'
import type protobuf from 'protobufjs'

/**
 * The part of ONNX's protobuf messages that the graphs use, with the field numbers of the ONNX IR
 * specification. A field is [name, number, type]. A trailing `[]` marks a repeated field.
 */
const messages = {
  ModelProto: [
    ['irVersion', 1, 'int64'],
    ['producerName', 2, 'string'],
    ['producerVersion', 3, 'string'],
    ['graph', 7, 'GraphProto'],
    ['opsetImport', 8, 'OperatorSetIdProto[]'],
  ],
  OperatorSetIdProto: [
    ['domain', 1, 'string'],
    ['version', 2, 'int64'],
  ],
  GraphProto: [
    ['node', 1, 'NodeProto[]'],
    ['name', 2, 'string'],
    ['initializer', 5, 'TensorProto[]'],
    ['input', 11, 'ValueInfoProto[]'],
    ['output', 12, 'ValueInfoProto[]'],
  ],
  NodeProto: [
    ['input', 1, 'string[]'],
    ['output', 2, 'string[]'],
    ['name', 3, 'string'],
    ['opType', 4, 'string'],
    ['attribute', 5, 'AttributeProto[]'],
    ['domain', 7, 'string'],
  ],
  AttributeProto: [
    ['name', 1, 'string'],
    ['f', 2, 'float'],
    ['i', 3, 'int64'],
    ['s', 4, 'bytes'],
    ['g', 6, 'GraphProto'],
    ['ints', 8, 'int64[]'],
    ['type', 20, 'int32'],
  ],
  TensorProto: [
    ['dims', 1, 'int64[]'],
    ['dataType', 2, 'int32'],
    ['name', 8, 'string'],
    ['rawData', 9, 'bytes'],
    ['externalData', 13, 'StringStringEntryProto[]'],
    ['dataLocation', 14, 'int32'],
  ],
  StringStringEntryProto: [
    ['key', 1, 'string'],
    ['value', 2, 'string'],
  ],
  ValueInfoProto: [
    ['name', 1, 'string'],
    ['type', 2, 'TypeProto'],
  ],
  TypeProto: [['tensorType', 1, 'TensorTypeProto']],
  TensorTypeProto: [
    ['elemType', 1, 'int32'],
    ['shape', 2, 'TensorShapeProto'],
  ],
  TensorShapeProto: [['dim', 1, 'DimensionProto[]']],
  DimensionProto: [
    ['dimValue', 1, 'int64'],
    ['dimParam', 2, 'string'],
  ],
} as const satisfies Record<string, readonly (readonly [name: string, number: number, type: string])[]>

function createRoot(): protobuf.Root {
  const { Field, Root, Type } = createRequire(import.meta.url)('protobufjs') as typeof protobuf
  const root = new Root()
  for (const [name, fields] of Object.entries(messages)) {
    const type = new Type(name)
    for (const [field, number, fieldType] of fields)
      type.add(
        fieldType.endsWith('[]')
          ? new Field(field, number, fieldType.slice(0, -2), 'repeated')
          : new Field(field, number, fieldType),
      )
    root.add(type)
  }
  return root
}

let loaded: protobuf.Type | undefined

/** Loads protobufjs at the first call: most programs import this file and use no graph. */
function modelProto(): protobuf.Type {
  loaded ??= createRoot().lookupType('ModelProto')
  return loaded
}

/** The element types (TensorProto.DataType) that the graphs use. */
export const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7, float16: 10 } as const
/** The name of an element type. */
export type ElementType = keyof typeof elementTypes

/** Bytes of one element. */
export const bytesPerElement: Readonly<Record<ElementType, number>> = {
  float32: 4,
  uint8: 1,
  int32: 4,
  int64: 8,
  float16: 2,
}

/** Values of AttributeProto.AttributeType. */
export const attributeTypes = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const

/** The value of TensorProto.DataLocation for an external file. */
export const externalLocation = 1

/**
 * Encodes a ModelProto, a plain object with the field names above, as the bytes of a `.onnx` file.
 */
export function encodeModel(model: object): Uint8Array {
  return modelProto().encode(modelProto().fromObject(model)).finish()
}

/** The fields of a decoded graph that Tandem reads. The other fields are kept. */
export interface OnnxGraph {
  node: readonly OnnxNode[]
  output: readonly { readonly name: string }[]
}

/** A node of a decoded graph. */
export interface OnnxNode {
  readonly opType: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly OnnxAttribute[]
}

/** An attribute of a decoded node. */
export interface OnnxAttribute {
  readonly name: string
  i: number | protobuf.Long
  readonly g?: OnnxGraph | null
}

/** Decodes the bytes of a `.onnx` file. @throws Error if they are not a ModelProto */
export function decodeModel(bytes: Uint8Array): { readonly graph?: OnnxGraph | null } {
  return modelProto().decode(bytes) as protobuf.Message & { readonly graph?: OnnxGraph | null }
}
