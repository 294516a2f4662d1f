import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolveListenHost } from '@tandem/process'

/** Where the API keys of a gateway come from. */
export interface KeySettings {
  readonly api_keys: readonly string[]
  /** The path of a file of keys. */
  readonly api_keys_file?: string | undefined
}

/** Whether clients of the gateway need an API key. */
export const hasKeys = ({ api_keys: keys, api_keys_file: file }: KeySettings): boolean =>
  keys.length > 0 || file !== undefined

/**
 * Checks that a server that other machines can reach has keys.
 * @param label the name of the setting in the error
 * @throws Error saying how to set keys
 */
export async function assertKeysFor(host: string, keys: KeySettings, label = '--host'): Promise<void> {
  if (hasKeys(keys)) return
  const { isLoopback } = await resolveListenHost(host)
  if (isLoopback) return
  throw new Error(
    `${label} ${host} can be reached from other machines, and no API key is set. ` +
      'Set TANDEM_API_KEYS=key1,key2 or give --api-key KEY, or listen on 127.0.0.1 to serve only this machine',
  )
}

/**
 * Checks before anything is built whether the port is free.
 * @throws Error saying what to do instead
 */
export async function assertPortIsFree(host: string, port: number): Promise<void> {
  const { address } = await resolveListenHost(host)
  const server = createServer()
  try {
    const listening = once(server, 'listening')
    server.listen({ host: address, port, exclusive: true })
    await listening
  } catch (error) {
    throw describeListenError(error as NodeJS.ErrnoException, host, port)
  } finally {
    server.close()
  }
}

function describeListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const options = { cause: error }
  if (error.code === 'EADDRINUSE')
    return new Error(
      `port ${port} of ${host} is in use by another program. ` +
        'Stop that program, or choose another port with --port N (0: any free port)',
      options,
    )
  if (error.code === 'EACCES')
    return new Error(`your user may not use port ${port} of ${host}: choose a port from 1024 with --port N`, options)
  if (error.code === 'EADDRNOTAVAIL')
    return new Error(
      `--host ${host} is not an address of this machine; use 127.0.0.1, or 0.0.0.0 for all its addresses`,
      options,
    )
  return new Error(`cannot listen on ${host}:${port}: ${error.message}`, options)
}
