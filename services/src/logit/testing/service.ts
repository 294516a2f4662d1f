import { readFile } from 'node:fs/promises'
import { credentials } from '@grpc/grpc-js'
import {
  channelOptions,
  emptyPrefixHash,
  extendPrefixHash,
  LogitService,
  type LogitServiceClient,
  type Step,
  type StepRequest,
  type StepResponse__Output,
  type StepResult__Output,
  toFloat32Array,
  type WireRow__Output,
} from '@tandem/proto'
import { logitMainPath } from '../../index.js'
import { spawnProgram, startProgram, type TestProcess } from '../../testing/program.js'

/** Test helpers: the built logit service in a process of its own, and its clients. */

export const spawnService = (environment: Record<string, string>): TestProcess =>
  spawnProgram(logitMainPath, { TANDEM_ROLE: 'sft', ...environment })

export interface TestService extends TestProcess {
  readonly address: string
  readonly client: LogitServiceClient
  stop(): Promise<void>
}

/**
 * Starts a service and waits until it serves.
 * @throws Error with its stderr if it ends before that
 */
export async function startService(environment: Record<string, string>): Promise<TestService> {
  const program = await startProgram(logitMainPath, { TANDEM_ROLE: 'sft', ...environment })
  const client = new LogitService(program.address, credentials.createInsecure(), channelOptions)
  const stop = async () => {
    client.close()
    await program.kill()
  }
  return { ...program, client, stop }
}

export function unaryStep(client: LogitServiceClient, request: StepRequest): Promise<StepResponse__Output> {
  return new Promise((resolve, reject) => {
    client.step(request, (error, response) => (response ? resolve(response) : reject(error)))
  })
}

/** Runs one step and returns its result. @throws Error with the failure */
export async function resultOf(
  client: LogitServiceClient,
  step: Step,
  more: StepRequest = {},
): Promise<StepResult__Output> {
  const response = await unaryStep(client, { ...more, steps: [step] })
  const [result] = response.results
  const error = response.error ?? result?.error
  if (error || result === undefined) throw new Error(`${error?.code}: ${error?.message}`)
  return result
}

/** Builds a step after `prefix` that reads all logits of all its rows. */
export const fullStep = (sessionId: string, prefix: readonly number[], tokenIds: readonly number[]): Step => ({
  sessionId,
  position: prefix.length,
  prefixHash: extendPrefixHash(emptyPrefixHash, prefix).toString(),
  tokenIds: [...tokenIds],
  rows: 'ROWS_ALL',
  readouts: [{ full: {} }],
})

/** Returns log p of every id, from a row whose first readout is full. */
export function logProbabilities(row: WireRow__Output): Float64Array {
  const logits = toFloat32Array(row.scores[0]?.logits ?? new Uint8Array(0))
  return Float64Array.from(logits, (z) => z - row.logSumExp)
}

/**
 * Reads ids.i and logits.i of a golden folder's reference.safetensors, as token ids and rows of log
 * p.
 */
export async function readReference(path: string): Promise<{ ids: number[]; logProbabilities: Float64Array[] }[]> {
  const bytes = await readFile(path)
  const headerEnd = 8 + Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >
  const dataOf = (name: string) => {
    const [start, end] = header[name]?.data_offsets ?? [0, 0]
    return bytes.subarray(headerEnd + start, headerEnd + end)
  }
  const count = Object.keys(header).filter((name) => name.startsWith('ids.')).length
  return Array.from({ length: count }, (_, i) => {
    const ids = dataOf(`ids.${i}`)
    const logits = toFloat32Array(dataOf(`logits.${i}`))
    const size = header[`logits.${i}`]?.shape[1] ?? 0
    return {
      ids: Array.from({ length: ids.length / 8 }, (_, at) => Number(ids.readBigInt64LE(8 * at))),
      logProbabilities: Array.from({ length: logits.length / size }, (_, row) =>
        logSoftmax(logits.subarray(row * size, (row + 1) * size)),
      ),
    }
  })
}

function logSoftmax(logits: Float32Array): Float64Array {
  const max = Math.max(...logits)
  const logSumExp = max + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - max), 0))
  return Float64Array.from(logits, (z) => z - logSumExp)
}
