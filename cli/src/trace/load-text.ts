import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

/** Limits of what is loaded. */
export interface LoadLimits {
  readonly maxBytes: number
  /** Maximum time for an address to answer completely, in milliseconds. */
  readonly timeoutMs: number
}

const defaultLimits: LoadLimits = { maxBytes: 64 * 1024 * 1024, timeoutMs: 60_000 }

/** Whether a source is an address, not a file. */
const isAddress = (source: string): boolean => /^https?:\/\//i.test(source)

/**
 * Loads a text from a file, or from an http or https address.
 * @throws Error saying why it cannot be loaded; the signal's reason on abort
 */
export async function loadText(
  source: string,
  signal: AbortSignal,
  { maxBytes, timeoutMs }: LoadLimits = defaultLimits,
): Promise<string> {
  if (!isAddress(source)) return collect(await openFile(source, signal), maxBytes, source)
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await collect(await openAddress(source, AbortSignal.any([signal, deadline])), maxBytes, source)
  } catch (error) {
    signal.throwIfAborted()
    if (deadline.aborted) throw new Error(`${source} did not answer within ${timeoutMs} ms`, { cause: error })
    throw error
  }
}

async function openFile(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Error(`${path}: the file does not exist or cannot be read`, { cause })
  })
  if (found.isDirectory()) throw new Error(`${path} is a folder: expected a file with an answer`)
  return createReadStream(path, { signal })
}

async function openAddress(address: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || url.username !== '' || url.password !== '')
    throw new Error('the address is not valid: expected http://HOST:PORT/PATH without a user name or a password')
  const response = await fetch(url, { signal }).catch((cause: unknown): never => {
    throw new Error(`no server answers at ${address}`, { cause })
  })
  if (!response.ok) throw new Error(`${address} answered ${response.status}: expected a saved answer`)
  if (!response.body) throw new Error(`${address} answered without a body`)
  return response.body
}

async function collect(chunks: AsyncIterable<Uint8Array>, maxBytes: number, source: string): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`${source} is larger than ${maxBytes} bytes: expected one answer`)
    parts.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(parts))
}
