import type { ChatMessage } from '@tandem/models'

/** The parts of the request. */
export interface CurlRequest {
  readonly url: string
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly maxTokens: number
  readonly needsKey: boolean
}

/** Returns a command for any POSIX shell that requests an answer from the gateway. */
export function curlLine({ url, model, messages, maxTokens, needsKey }: CurlRequest): string {
  // As an escape, an apostrophe cannot end the shell's quotes.
  const body = JSON.stringify({ model, messages, max_tokens: maxTokens }).replaceAll("'", '\\u0027')
  const key = needsKey ? ` -H "authorization: Bearer $TANDEM_API_KEY"` : ''
  const target = `${url}/v1/chat/completions`
  // Some shells expand the brackets of an IPv6 address.
  const quoted = target.includes('[') ? `'${target}'` : target
  return `curl -s ${quoted} -H 'content-type: application/json'${key} -d '${body}'`
}
