/** The thread that makes calls while the thread of the script waits for them. */
import { type MessagePort, workerData } from 'node:worker_threads'
import type { Call, GrpcCall, GrpcReply, HttpCall, HttpReply } from './calls.js'
import { methodOf, openChannel } from './grpc-methods.js'

const { port, answered } = workerData as { port: MessagePort; answered: Int32Array<SharedArrayBuffer> }

port.on('message', async (call: Call) => {
  port.postMessage(call.type === 'http' ? await sendHttp(call) : await sendGrpc(call))
  Atomics.store(answered, 0, 1)
  Atomics.notify(answered, 0)
})

async function sendHttp({ method, url, body, headers, timeoutMs }: HttpCall): Promise<HttpReply> {
  const sentAtMs = performance.now()
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, { method, body, headers, signal })
    const waitingMs = performance.now() - sentAtMs
    const text = await response.text()
    const durationMs = performance.now() - sentAtMs
    const named = [...response.headers].map(([name, value]) => [goName(name), value])
    const { status } = response
    return { status, headers: Object.fromEntries(named), body: text, durationMs, waitingMs, error: '' }
  } catch (error) {
    const durationMs = performance.now() - sentAtMs
    return { status: 0, headers: {}, body: null, durationMs, waitingMs: durationMs, error: String(error) }
  }
}

/** Writes the name of a header as Go does: "retry-after" -> "Retry-After". */
const goName = (name: string): string => name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase())

async function sendGrpc({ definition, address, method, request, timeoutMs }: GrpcCall): Promise<GrpcReply> {
  const channel = openChannel(address)
  const { path, requestSerialize, responseDeserialize } = methodOf(definition, method)
  const deadline = Date.now() + timeoutMs
  try {
    return await new Promise((resolve) =>
      channel.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline }, (error, message) =>
        resolve({ status: error?.code ?? 0, message: message ?? null, error: error?.message ?? '' }),
      ),
    )
  } finally {
    channel.close()
  }
}
