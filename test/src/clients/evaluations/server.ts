/** The server that clients are tried with. */
export interface Server {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly key: string
  /** The name of the pair. */
  readonly model: string
}

const limitMs = 120_000

/** Sends a request and parses the answer. @throws Error with the body if the status is not 200 */
export async function ask<T>({ url, key }: Server, path: string, body: object): Promise<T> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(limitMs),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
