import { bytesPerElement, type ElementType, elementTypes } from './schema.js'

/** A name of a tensor in the graph. The empty string is an optional input left out. */
export type Value = string

/** A dimension: a size, or the name of an axis whose size each run brings. */
export type Dimension = number | string

export interface TensorType {
  readonly type: ElementType
  readonly shape: readonly Dimension[]
}

/** A tensor stored with the graph. `chunks` is called once for each writing and never holds the whole tensor. */
export interface Initializer {
  readonly type: ElementType
  readonly shape: readonly number[]
  /** Its little-endian bytes in order, in pieces of any size. */
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** Nodes of one branch of an `If`; they read values of the graph around them. */
export interface Branch {
  readonly nodes: readonly GraphNode[]
  readonly outputs: readonly Value[]
}

export type Attribute = number | string | readonly number[] | { readonly float: number } | { readonly branch: Branch }

export interface GraphNode {
  readonly operator: string
  readonly domain: string
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

export interface NodeOptions {
  /** Numbers are ints; a float is written `{ float: x }`. */
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** onnxruntime's own operators live in `com.microsoft`. */
  readonly domain?: '' | 'com.microsoft'
  /** Gives the first output this name instead of a made-up one. */
  readonly name?: string
  /** Names of the outputs behind the first; the empty string leaves one out. */
  readonly furtherOutputs?: readonly Value[]
}

/** Bytes of a stored tensor. */
export const initializerBytes = (t: Pick<Initializer, 'type' | 'shape'>) =>
  t.shape.reduce((product, size) => product * size, bytesPerElement[t.type])

/** Collects inputs, nodes, constants and stored tensors of one graph in the order they are declared. Knows no model. */
export class GraphBuilder {
  readonly inputs = new Map<Value, TensorType>()
  readonly outputs = new Map<Value, TensorType>()
  nodes: GraphNode[] = []
  readonly initializers = new Map<Value, Initializer>()
  readonly #constants = new Map<string, Value>()
  #names = 0

  input(name: Value, type: ElementType, shape: readonly Dimension[]): Value {
    this.inputs.set(name, { type, shape })
    return name
  }

  output(name: Value, type: ElementType, shape: readonly Dimension[]): Value {
    this.outputs.set(name, { type, shape })
    return name
  }

  /** Adds an operator and gives its first output. */
  node(operator: string, inputs: readonly Value[], options: NodeOptions = {}): Value {
    const output = options.name ?? `${operator}_${this.#names++}`
    this.#add(operator, inputs, [output, ...(options.furtherOutputs ?? [])], options)
    return output
  }

  /** Gives a value that nothing reads yet another name, an output's: an Identity would copy it in every run. */
  rename(value: Value, name: Value): Value {
    const renamed = (output: Value) => (output === value ? name : output)
    this.nodes = this.nodes.map((node) => ({ ...node, outputs: node.outputs.map(renamed) }))
    return name
  }

  cast(value: Value, type: ElementType): Value {
    return this.node('Cast', [value], { attributes: { to: elementTypes[type] } })
  }

  /** Cuts a tensor along an axis into parts of the given sizes; one size gives the tensor itself. */
  split(value: Value, sizes: readonly number[], axis: number): Value[] {
    if (sizes.length === 1) return [value]
    const outputs = sizes.map(() => `Split_${this.#names++}`)
    this.#add('Split', [value, this.ints(sizes)], outputs, { attributes: { axis } })
    return outputs
  }

  /** Cuts a tensor into two equal parts along an axis. */
  halve(value: Value, axis: number): [Value, Value] {
    const outputs: [Value, Value] = [`Split_${this.#names++}`, `Split_${this.#names++}`]
    this.#add('Split', [value], outputs, { attributes: { axis, num_outputs: 2 } })
    return outputs
  }

  #add(operator: string, inputs: readonly Value[], outputs: readonly Value[], options: NodeOptions): void {
    this.nodes.push({
      operator,
      domain: options.domain ?? '',
      inputs,
      outputs,
      attributes: options.attributes ?? {},
    })
  }

  /**
   * Computes the named values in one of two ways, chosen each run by a boolean scalar. Each way gives them in their order.
   */
  choose(condition: Value, names: readonly Value[], whenTrue: () => Value[], whenFalse: () => Value[]): void {
    const attributes = { then_branch: this.#branch(whenTrue), else_branch: this.#branch(whenFalse) }
    this.#add('If', [condition], names, { attributes })
  }

  #branch(build: () => Value[]): Attribute {
    const around = this.nodes
    this.nodes = []
    const branch = { outputs: build(), nodes: this.nodes }
    this.nodes = around
    return { branch }
  }

  /** A stored tensor; a name that is there already keeps its first data (tied weights). */
  initializer(name: Value, initializer: Initializer): Value {
    if (!this.initializers.has(name)) this.initializers.set(name, initializer)
    return name
  }

  /** A small int64 list, [n]. Equal lists share one tensor. */
  ints(values: readonly number[]): Value {
    return this.#constant('int64', [values.length], BigInt64Array.from(values, BigInt), values)
  }

  /** An int64 scalar. */
  int(value: number): Value {
    return this.#constant('int64', [], BigInt64Array.of(BigInt(value)), [value])
  }

  /** A float32 tensor held in memory: for small things. */
  floats(name: Value, shape: readonly number[], data: Float32Array): Value {
    return this.initializer(name, { type: 'float32', shape, chunks: () => [bytesOf(data)] })
  }

  /** A float32 scalar. */
  float(value: number): Value {
    return this.#constant('float32', [], Float32Array.of(value), [value])
  }

  #constant(type: ElementType, shape: number[], data: ArrayBufferView, values: readonly number[]): Value {
    const key = `${type}:${shape.join('x')}:${values.join(',')}`
    const known = this.#constants.get(key)
    if (known !== undefined) return known
    const name = `constant_${this.#constants.size}`
    this.#constants.set(key, name)
    return this.initializer(name, { type, shape, chunks: () => [bytesOf(data)] })
  }
}

/** The bytes of a typed array, uncopied. */
export const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
