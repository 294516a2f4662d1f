/**
 * Streams an answer of the tiny pair to its end, and asks for a span per token.
 * @param more additional fields of the request
 * @returns the id of the request
 */
export async function streamTraced(url: string, more: object): Promise<string> {
  const body = {
    model: 'tiny',
    messages: [{ role: 'user', content: 'Hello' }],
    ignore_eos: true,
    stream: true,
    ...more,
  }
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tandem-trace': 'tokens' },
    body: JSON.stringify(body),
  })
  await response.text()
  return response.headers.get('x-request-id') ?? ''
}
