import { graphOutputs, type Manifest, rowSize } from '@tandem/models'
import { Tensor } from 'onnxruntime-node'
import type { GraphRun } from './graph-run.js'
import type { LogitsRow } from './logits-row.js'

/** A run of more tokens or more rows is one of a prompt: its outputs are large, and there are few such runs. */
const mostTokens = 16
const mostRows = 16

/** Outputs by name; null: in memory that onnxruntime makes. */
type Fetches = Record<string, Tensor | null>

/**
 * Memory of a decode step's outputs, used again and again: what each run made anew would wait outside V8's heap for collections of
 * all of it, 2 ms a token of a pair (docs/performance.md).
 */
export class OutputMemory {
  private logits: Float32Array = new Float32Array(0)
  private newKeysValues: Float32Array = new Float32Array(0)
  /** Of rows that nobody reads any more. */
  private readonly spareRows: Float32Array[] = []
  private readonly rowSize: number

  /** @param outputNames of the graph: one with a score for a head finds nothing of its rows */
  constructor(
    private readonly manifest: Manifest,
    private readonly outputNames: readonly string[],
  ) {
    this.rowSize = rowSize(manifest)
  }

  /** Where the run's outputs are to lie: they are there until the next run. */
  fetchesFor({ tokens, sessions, rowIndices }: GraphRun): Fetches {
    const { layers, keyValueHeads, headSize } = this.manifest
    const fetches: Fetches = Object.fromEntries(this.outputNames.map((name) => [name, null]))
    const rows = Math.max(1, rowIndices.length)
    const logitsShape = [rows, this.rowSize]
    const keysValuesShape = [layers, 2, tokens, sessions, keyValueHeads, headSize]
    if (rows <= mostRows) this.logits = atLeast(this.logits, sizeOf(logitsShape))
    if (tokens * sessions <= mostTokens) this.newKeysValues = atLeast(this.newKeysValues, sizeOf(keysValuesShape))
    fetches[graphOutputs.logits] = rows <= mostRows ? tensorIn(this.logits, logitsShape) : null
    fetches[graphOutputs.newKeysValues] =
      tokens * sessions <= mostTokens ? tensorIn(this.newKeysValues, keysValuesShape) : null
    return fetches
  }

  /** Rows that outlast the next run. @param rows all of one run, views of its outputs */
  own(rows: readonly LogitsRow[]): LogitsRow[] {
    if (rows.length > mostRows) return [...rows]
    return rows.map((row) => {
      const memory = this.spareRows.pop() ?? new Float32Array(this.rowSize)
      return row.copy(memory, () => {
        if (this.spareRows.length < mostRows) this.spareRows.push(memory)
      })
    })
  }
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1)
const atLeast = (memory: Float32Array, size: number) => (memory.length >= size ? memory : new Float32Array(size))
const tensorIn = (memory: Float32Array, shape: readonly number[]) =>
  new Tensor('float32', memory.subarray(0, sizeOf(shape)), shape)
