import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of all fixtures. */
export const fixturesFolder = fileURLToPath(new URL('../../fixtures/', import.meta.url))
/** The root of the repository. */
export const repositoryFolder = fileURLToPath(new URL('../../../', import.meta.url))
/** Returns the folder of a tiny checkpoint. */
export const tinyFolder = (name: string) => join(fixturesFolder, 'tiny', name)

/**
 * The end token of every tiny tokenizer (`<|end|>`) and of SmolLM2-Instruct (`<|im_end|>`). Golden
 * answers omit it.
 */
export const endTokenId = 2

/** One line of a golden `-pair.jsonl`, which the head of fixtures/reference.py defines. */
export interface GoldenRow {
  readonly prompt: number
  readonly messages?: readonly { role: 'system' | 'user' | 'assistant'; content: string }[]
  readonly prompt_ids: readonly number[]
  readonly method: string
  readonly params: Readonly<Record<string, number>>
  readonly max_tokens: number
  readonly token_ids: readonly number[]
  readonly finish: 'stop' | 'length'
  readonly text: string
  readonly margins: readonly number[]
}

/** Reads the golden rows of some methods. */
export function readGoldenRows(file: string, methods: readonly string[]): GoldenRow[] {
  const lines = readFileSync(join(fixturesFolder, file), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as GoldenRow).filter((row) => methods.includes(row.method))
}

/** A tensor with integers as numbers or floats as float32, row-major. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly values: Float32Array | readonly number[]
}

interface TensorHeader {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** Reads all of a safetensors file with F32 and I64 tensors. */
export function readTensors(path: string): Map<string, Tensor> {
  const file = readFileSync(path)
  const dataStart = 8 + Number(file.readBigUInt64LE(0))
  const headers = JSON.parse(file.toString('utf8', 8, dataStart)) as Record<string, TensorHeader>
  const tensors = new Map<string, Tensor>()
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(headers)) {
    if (name === '__metadata__') continue
    // Copies, because a slice of a file's buffer may not be aligned.
    const bytes = new Uint8Array(file.subarray(dataStart + data_offsets[0], dataStart + data_offsets[1]))
    if (dtype === 'F32') tensors.set(name, { shape, values: new Float32Array(bytes.buffer) })
    else if (dtype === 'I64') tensors.set(name, { shape, values: Array.from(new BigInt64Array(bytes.buffer), Number) })
    else throw new Error(`${path}: ${name} is ${dtype}: expected F32 or I64`)
  }
  return tensors
}

/** One input with the logits of transformers. */
export interface ReferenceInput {
  readonly ids: readonly number[]
  /** float32 [S, V] */
  readonly logits: Float32Array
  readonly vocabularySize: number
}

/** Reads the inputs of a folder's reference.safetensors in their order. */
export function readReference(folder: string): ReferenceInput[] {
  const tensors = readTensors(join(folder, 'reference.safetensors'))
  const inputs: ReferenceInput[] = []
  for (let i = 0; tensors.has(`ids.${i}`); i++) inputs.push(referenceInput(tensors, `ids.${i}`, `logits.${i}`))
  return inputs
}

/** Returns one input of a reference file by the names of its tensors. */
export function referenceInput(tensors: Map<string, Tensor>, idsName: string, logitsName: string): ReferenceInput {
  const ids = tensors.get(idsName)
  const logits = tensors.get(logitsName)
  const vocabularySize = logits?.shape[1]
  if (!ids || !logits || !vocabularySize || !(logits.values instanceof Float32Array))
    throw new Error(`expected ${idsName} and ${logitsName}, found ${[...tensors.keys()].join(', ')}`)
  return { ids: Array.from(ids.values), logits: logits.values, vocabularySize }
}
