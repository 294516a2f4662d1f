import { openBinaryFile } from '../binary-file.js'
import { type ProtobufField, ProtobufFile } from './protobuf-file.js'

/** An input or output of a graph. */
export interface GraphValue {
  readonly name: string
  /** TensorProto.DataType, or 0 if the graph does not have it. */
  readonly elementType: number
  /** Null for an axis of any length. */
  readonly shape: readonly (number | null)[]
}

/** The parts of an ONNX file that Tandem reads: neither nodes nor weights. */
export interface GraphScan {
  readonly inputs: readonly GraphValue[]
  readonly outputs: readonly GraphValue[]
  /** Minimum size in bytes of each file with weights, by its path from the folder of the graph. */
  readonly externalFiles: ReadonlyMap<string, number>
}

/** Field numbers of the messages of the ONNX IR. */
const model = { graph: 7 }
const graph = { node: 1, initializer: 5, input: 11, output: 12 }
const node = { attribute: 5 }
const attribute = { tensor: 5, graph: 6, tensors: 10, graphs: 11 }
const tensor = { name: 8, externalData: 13 }
const entry = { key: 1, value: 2 }
const valueInfo = { name: 1, type: 2 }
const type = { tensor: 1 }
const tensorType = { elementType: 1, shape: 2 }
const shape = { dimension: 1 }
const dimension = { value: 1 }

/**
 * Reads the inputs, outputs and external files of an ONNX file and skips the rest. The file can be
 * larger than memory.
 * @throws Error with the path if the file is not an ONNX file or is cut off
 */
export async function scanGraph(path: string): Promise<GraphScan> {
  const file = await openBinaryFile(path)
  try {
    const scan = new Scan(new ProtobufFile(file))
    await scan.readModel()
    if (scan.outputs.length === 0)
      throw new Error(`${path} is not an ONNX file: it holds no graph. Is the download complete?`)
    return scan.result()
  } finally {
    await file.close()
  }
}

class Scan {
  readonly outputs: GraphValue[] = []
  private readonly inputs: GraphValue[] = []
  private readonly initializers = new Set<string>()
  private readonly externalFiles = new Map<string, number>()

  constructor(private readonly file: ProtobufFile) {}

  /**
   * Returns the scan. Files before IR version 4 list their weights as inputs, which are left out.
   */
  result(): GraphScan {
    const { outputs, externalFiles } = this
    return { inputs: this.inputs.filter(({ name }) => !this.initializers.has(name)), outputs, externalFiles }
  }

  async readModel(): Promise<void> {
    for await (const field of this.file.fields()) if (field.number === model.graph) await this.readGraph(field, true)
  }

  private async readGraph({ start, end }: ProtobufField, isOutermost: boolean): Promise<void> {
    for await (const field of this.file.fields(start, end)) {
      if (field.number === graph.node) await this.readNode(field)
      else if (field.number === graph.initializer) {
        const name = await this.readTensor(field)
        if (isOutermost) this.initializers.add(name)
      } else if (isOutermost && field.number === graph.input) this.inputs.push(await this.readValue(field))
      else if (isOutermost && field.number === graph.output) this.outputs.push(await this.readValue(field))
    }
  }

  /** Reads the tensors and the branches in the attributes of a node. */
  private async readNode({ start, end }: ProtobufField): Promise<void> {
    for await (const field of this.file.fields(start, end)) {
      if (field.number !== node.attribute) continue
      for await (const part of this.file.fields(field.start, field.end)) {
        if (part.number === attribute.graph || part.number === attribute.graphs) await this.readGraph(part, false)
        else if (part.number === attribute.tensor || part.number === attribute.tensors) await this.readTensor(part)
      }
    }
  }

  /** Reads a tensor and returns its name. */
  private async readTensor({ start, end }: ProtobufField): Promise<string> {
    let name = ''
    const external = new Map<string, string>()
    for await (const field of this.file.fields(start, end)) {
      if (field.number === tensor.name) name = await this.file.text(field)
      else if (field.number === tensor.externalData) external.set(...(await this.readEntry(field)))
    }
    const location = external.get('location')
    if (location !== undefined) {
      const needed = byteCount(name, 'offset', external) + byteCount(name, 'length', external)
      this.externalFiles.set(location, Math.max(needed, this.externalFiles.get(location) ?? 0))
    }
    return name
  }

  private async readEntry({ start, end }: ProtobufField): Promise<[string, string]> {
    let [key, value] = ['', '']
    for await (const field of this.file.fields(start, end)) {
      if (field.number === entry.key) key = await this.file.text(field)
      else if (field.number === entry.value) value = await this.file.text(field)
    }
    return [key, value]
  }

  private async readValue(field: ProtobufField): Promise<GraphValue> {
    const name = await this.part(field, [valueInfo.name])
    const elementType = await this.part(field, [valueInfo.type, type.tensor, tensorType.elementType])
    const dimensions = await this.part(field, [valueInfo.type, type.tensor, tensorType.shape])
    return {
      name: name === null ? '' : await this.file.text(name),
      elementType: elementType?.value ?? 0,
      shape: dimensions === null ? [] : await this.readShape(dimensions),
    }
  }

  private async readShape({ start, end }: ProtobufField): Promise<(number | null)[]> {
    const sizes: (number | null)[] = []
    for await (const field of this.file.fields(start, end))
      if (field.number === shape.dimension) sizes.push((await this.part(field, [dimension.value]))?.value ?? null)
    return sizes
  }

  /** Follows a path of field numbers and returns the last field, or null if one is missing. */
  private async part(field: ProtobufField, path: readonly number[]): Promise<ProtobufField | null> {
    const [number, ...rest] = path
    if (number === undefined) return field
    for await (const inner of this.file.fields(field.start, field.end))
      if (inner.number === number) return this.part(inner, rest)
    return null
  }
}

function byteCount(tensorName: string, key: string, external: ReadonlyMap<string, string>): number {
  const text = external.get(key) ?? '0'
  const count = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(count) && count >= 0) return count
  throw new Error(
    `the ${key} of the tensor "${tensorName}" in ${external.get('location')} is "${text}": expected a number of bytes. Export the graph again`,
  )
}
