import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const fixturesFolder = fileURLToPath(new URL('../../fixtures/', import.meta.url))
export const repositoryFolder = fileURLToPath(new URL('../../../', import.meta.url))
export const tinyFolder = (name: string) => join(fixturesFolder, 'tiny', name)

/** The stop token of every tiny tokenizer (`<|end|>`) and of SmolLM2-Instruct (`<|im_end|>`), which golden answers leave out. */
export const endTokenId = 2

/** One line of a golden `-pair.jsonl`; the head of fixtures/reference.py defines it. */
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

export function readGoldenRows(file: string, methods: readonly string[]): GoldenRow[] {
  const lines = readFileSync(join(fixturesFolder, file), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as GoldenRow).filter((row) => methods.includes(row.method))
}

/** Integers as numbers, floats as float32, row-major. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly values: Float32Array | readonly number[]
}

interface TensorHeader {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** Reads a safetensors file of F32 and I64 tensors whole. */
export function readTensors(path: string): Map<string, Tensor> {
  const file = readFileSync(path)
  const dataStart = 8 + Number(file.readBigUInt64LE(0))
  const headers = JSON.parse(file.toString('utf8', 8, dataStart)) as Record<string, TensorHeader>
  const tensors = new Map<string, Tensor>()
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(headers)) {
    if (name === '__metadata__') continue
    // A copy, because a slice of a file's buffer need not be aligned.
    const bytes = new Uint8Array(file.subarray(dataStart + data_offsets[0], dataStart + data_offsets[1]))
    if (dtype === 'F32') tensors.set(name, { shape, values: new Float32Array(bytes.buffer) })
    else if (dtype === 'I64') tensors.set(name, { shape, values: Array.from(new BigInt64Array(bytes.buffer), Number) })
    else throw new Error(`${path}: ${name} is ${dtype}; reference files hold F32 and I64`)
  }
  return tensors
}

export interface ReferenceInput {
  readonly ids: readonly number[]
  /** float32 [S, V] */
  readonly logits: Float32Array
  readonly vocabularySize: number
}

/** The inputs of a folder's reference.safetensors, in their order. */
export function readReference(folder: string): ReferenceInput[] {
  const tensors = readTensors(join(folder, 'reference.safetensors'))
  const inputs: ReferenceInput[] = []
  for (let i = 0; tensors.has(`ids.${i}`); i++) inputs.push(referenceInput(tensors, `ids.${i}`, `logits.${i}`))
  return inputs
}

export function referenceInput(tensors: Map<string, Tensor>, idsName: string, logitsName: string): ReferenceInput {
  const ids = tensors.get(idsName)
  const logits = tensors.get(logitsName)
  const vocabularySize = logits?.shape[1]
  if (!ids || !logits || !vocabularySize || !(logits.values instanceof Float32Array))
    throw new Error(`expected ${idsName} and ${logitsName}, found ${[...tensors.keys()].join(', ')}`)
  return { ids: Array.from(ids.values), logits: logits.values, vocabularySize }
}
