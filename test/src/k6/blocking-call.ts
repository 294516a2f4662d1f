import { join } from 'node:path'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { repositoryFolder } from '../support/fixtures.js'
import type { Call, GrpcCall, GrpcReply, HttpCall, HttpReply } from './calls.js'

/** The build of blocking-worker.ts: a worker thread cannot load TypeScript. */
const workerFile = join(repositoryFolder, 'test/dist/k6/blocking-worker.js')
/** A call ends by its own time limit before this one. */
const marginMs = 30_000

interface Caller {
  readonly worker: Worker
  readonly port: MessagePort
  /** 1 if the answer of the last call is in the port. */
  readonly answered: Int32Array<SharedArrayBuffer>
}

let caller: Caller | null = null

/**
 * Makes a call in a worker thread, and blocks this thread until its answer: calls of k6 return
 * their response, not a promise.
 * @throws Error if the worker does not answer in time
 */
export function callBlocking(call: HttpCall): HttpReply
export function callBlocking(call: GrpcCall): GrpcReply
export function callBlocking(call: Call): HttpReply | GrpcReply {
  caller ??= startCaller()
  const { port, answered } = caller
  Atomics.store(answered, 0, 0)
  port.postMessage(call)
  const outcome = Atomics.wait(answered, 0, 0, call.timeoutMs + marginMs)
  const received = receiveMessageOnPort(port) as { message: HttpReply | GrpcReply } | undefined
  if (received === undefined) throw new Error(`the worker of the k6 adapter did not answer: ${outcome}. Build first`)
  return received.message
}

/** Ends the worker thread, if it runs. */
export async function stopCaller(): Promise<void> {
  const stopped = caller
  caller = null
  stopped?.port.close()
  await stopped?.worker.terminate()
}

function startCaller(): Caller {
  const { port1: port, port2 } = new MessageChannel()
  const answered = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(workerFile, { workerData: { port: port2, answered }, transferList: [port2] })
  return { worker, port, answered }
}
