import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** A request that the server has accepted but not received. */
export interface HeldRequest {
  /** Sends its body. @returns the status and the body of the answer */
  send(): Promise<{ readonly status: number; readonly text: string }>
}

/** Opens a request of /v1/completions, and waits until the server asks for its body. */
export async function holdRequest(url: string, body: object, signal: AbortSignal): Promise<HeldRequest> {
  const json = JSON.stringify(body)
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    expect: '100-continue',
  }
  const held = request(`${url}/v1/completions`, { method: 'POST', headers, signal, agent: false })
  held.flushHeaders()
  await once(held, 'continue')
  const send = async () => {
    held.end(json)
    const [response] = (await once(held, 'response')) as [IncomingMessage]
    return { status: response.statusCode ?? 0, text: await text(response) }
  }
  return { send }
}
