import { bytesPerElement, type ElementType, elementTypes } from './schema.js'

/** The name of a tensor in the graph. The empty string omits an optional input. */
export type Value = string

/** A dimension: a size, or the name of an axis whose size can differ between runs. */
export type Dimension = number | string

/** Type and shape of a tensor. */
export interface TensorType {
  readonly type: ElementType
  readonly shape: readonly Dimension[]
}

/**
 * A tensor stored with the graph. `chunks` is called once per written file and never holds the
 * whole tensor.
 */
export interface Initializer {
  readonly type: ElementType
  readonly shape: readonly number[]
  /** Yields the little-endian bytes in order, in chunks of any size. */
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** The nodes of one branch of an `If`. They can read values of the outer graph. */
export interface Branch {
  readonly nodes: readonly GraphNode[]
  readonly outputs: readonly Value[]
}

/** The value of an attribute of a node. */
export type Attribute = number | string | readonly number[] | { readonly float: number } | { readonly branch: Branch }

/** One operator of the graph. */
export interface GraphNode {
  readonly operator: string
  readonly domain: string
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** The optional parts of a node. */
export interface NodeOptions {
  /** A number is an int. Write `{ float: x }` for a float. */
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** The domain of onnxruntime's own operators is `com.microsoft`. */
  readonly domain?: '' | 'com.microsoft'
  /** The name of the first output. By default it is generated. */
  readonly name?: string
  /** Names of the outputs after the first. The empty string omits an output. */
  readonly furtherOutputs?: readonly Value[]
}

/** Returns the bytes of a stored tensor. */
export const initializerBytes = (t: Pick<Initializer, 'type' | 'shape'>) =>
  t.shape.reduce((product, size) => product * size, bytesPerElement[t.type])

/**
 * Collects the inputs, nodes and stored tensors of one graph in the order of their declaration.
 * Knows no models.
 */
export class GraphBuilder {
  readonly inputs = new Map<Value, TensorType>()
  readonly outputs = new Map<Value, TensorType>()
  nodes: GraphNode[] = []
  readonly initializers = new Map<Value, Initializer>()
  private readonly constants = new Map<string, Value>()
  private names = 0

  /** Declares an input. */
  input(name: Value, type: ElementType, shape: readonly Dimension[]): Value {
    this.inputs.set(name, { type, shape })
    return name
  }

  /** Declares an output. */
  output(name: Value, type: ElementType, shape: readonly Dimension[]): Value {
    this.outputs.set(name, { type, shape })
    return name
  }

  /** Adds an operator and returns its first output. */
  node(operator: string, inputs: readonly Value[], options: NodeOptions = {}): Value {
    const output = options.name ?? `${operator}_${this.names++}`
    this.add(operator, inputs, [output, ...(options.furtherOutputs ?? [])], options)
    return output
  }

  /**
   * Renames a value that no node reads yet to an output. An Identity would copy it in every run.
   */
  rename(value: Value, name: Value): Value {
    const renamed = (output: Value) => (output === value ? name : output)
    this.nodes = this.nodes.map((node) => ({ ...node, outputs: node.outputs.map(renamed) }))
    return name
  }

  /** Converts a value to another type. */
  cast(value: Value, type: ElementType): Value {
    return this.node('Cast', [value], { attributes: { to: elementTypes[type] } })
  }

  /**
   * Splits a tensor along an axis into parts of the given sizes. With one size it returns the
   * tensor itself.
   */
  split(value: Value, sizes: readonly number[], axis: number): Value[] {
    if (sizes.length === 1) return [value]
    const outputs = sizes.map(() => `Split_${this.names++}`)
    this.add('Split', [value, this.ints(sizes)], outputs, { attributes: { axis } })
    return outputs
  }

  /** Splits a tensor into two equal parts along an axis. */
  halve(value: Value, axis: number): [Value, Value] {
    const outputs: [Value, Value] = [`Split_${this.names++}`, `Split_${this.names++}`]
    this.add('Split', [value], outputs, { attributes: { axis, num_outputs: 2 } })
    return outputs
  }

  private add(operator: string, inputs: readonly Value[], outputs: readonly Value[], options: NodeOptions): void {
    this.nodes.push({
      operator,
      domain: options.domain ?? '',
      inputs,
      outputs,
      attributes: options.attributes ?? {},
    })
  }

  /**
   * Adds an `If`: a boolean scalar chooses the branch in each run. Both branches return the named
   * values in order.
   */
  choose(condition: Value, names: readonly Value[], whenTrue: () => Value[], whenFalse: () => Value[]): void {
    const attributes = { then_branch: this.branch(whenTrue), else_branch: this.branch(whenFalse) }
    this.add('If', [condition], names, { attributes })
  }

  private branch(build: () => Value[]): Attribute {
    const around = this.nodes
    this.nodes = []
    const branch = { outputs: build(), nodes: this.nodes }
    this.nodes = around
    return { branch }
  }

  /** Adds a stored tensor. A known name keeps its first data (tied weights). */
  initializer(name: Value, initializer: Initializer): Value {
    if (!this.initializers.has(name)) this.initializers.set(name, initializer)
    return name
  }

  /** Returns a small int64 list, [n]. Equal lists share one tensor. */
  ints(values: readonly number[]): Value {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt), values)
  }

  /** Returns an int64 scalar. */
  int(value: number): Value {
    return this.constant('int64', [], BigInt64Array.of(BigInt(value)), [value])
  }

  /** Adds a small float32 tensor that is in memory. */
  floats(name: Value, shape: readonly number[], data: Float32Array): Value {
    return this.initializer(name, { type: 'float32', shape, chunks: () => [bytesOf(data)] })
  }

  /** Returns a float32 scalar. */
  float(value: number): Value {
    return this.constant('float32', [], Float32Array.of(value), [value])
  }

  private constant(type: ElementType, shape: number[], data: ArrayBufferView, values: readonly number[]): Value {
    const key = `${type}:${shape.join('x')}:${values.join(',')}`
    const known = this.constants.get(key)
    if (known !== undefined) return known
    const name = `constant_${this.constants.size}`
    this.constants.set(key, name)
    return this.initializer(name, { type, shape, chunks: () => [bytesOf(data)] })
  }
}

/** Returns the bytes of a typed array without a copy. */
export const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
